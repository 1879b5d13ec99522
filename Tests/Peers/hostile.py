"""Both sides of TLS as they keep the rules where they are not told to break them; tlslite-ng does what is to be right."""

import contextlib
import socket
import threading
from base64 import b64encode
from hashlib import sha1
from pathlib import Path

from tlslite.constants import AlertDescription, ContentType
from tlslite.errors import TLSAbruptCloseError, TLSError, TLSRemoteAlert
from tlslite.handshakesettings import HandshakeSettings
from tlslite.messages import Message
from tlslite.tlsconnection import TLSConnection
from tlslite.utils.keyfactory import parsePEMKey
from tlslite.x509certchain import X509CertChain

from wire import head

SSL_3, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3 = [(3, minor) for minor in range(5)]
HEALTH = head("GET", "/health", host="localhost")


class Changed:
    """A socket that sends what `change` makes of what it is given."""

    def __init__(self, socket, change):
        self._socket, self.change = socket, change

    def send(self, data) -> int:
        for piece in self.change(bytes(data)):
            self._socket.sendall(piece)
        return len(data)

    sendall = send

    def __getattr__(self, name):
        return getattr(self._socket, name)


def whole(data: bytes) -> list[bytes]:
    return [data]


class HasLeft(TLSError):
    """No error of a socket: behind one tlslite would wait for an alert."""


def leaving_behind(length: int):
    """Sends that many bytes, and leaves."""
    def change(data):
        nonlocal length
        yield data[:length]
        length = max(0, length - len(data))
        if length == 0:
            raise HasLeft

    return change


class Side:
    """One side of one connection. `settings` are attributes of tlslite's `HandshakeSettings`."""

    def __init__(self, socket, version=TLS_1_3, change=whole, record_size: int | None = None, **settings):
        self.socket, self._way = socket, Changed(socket, change)
        self.tls = TLSConnection(self._way)
        if record_size:
            self.tls.recordSize = record_size
        self.settings = HandshakeSettings()
        # It compresses certificates of a client unasked.
        for name, value in {"minVersion": version, "maxVersion": version, "eccCurves": ["x25519", "secp256r1"],
                            "keyShares": ["x25519"], "certificate_compression_send": [], **settings}.items():
            setattr(self.settings, name, value)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, content: bytes, kind: int = ContentType.application_data) -> None:
        """One record of that, sealed as it has to be."""
        for _ in self.tls._recordLayer.sendRecord(Message(kind, bytearray(content))):
            pass

    def sealed(self, content: bytes, kind: int = ContentType.application_data) -> bytes:
        """One such record, which is not sent."""
        records, change = [], self._way.change
        self._way.change = lambda data: records.append(data) or []
        self.send(content, kind)
        self._way.change = change
        return b"".join(records)

    def update_keys(self, answer_is_wanted: bool) -> None:
        """RFC 8446 section 4.6.3."""
        for _ in self.tls.send_keyupdate_request(int(answer_is_wanted)):
            pass

    def new_keys_in_halves(self) -> tuple[bytes, bytes]:
        """The same message in two records, which are not sent. RFC 8446 section 5.1."""
        records, change, size = bytearray(), self._way.change, self.tls.recordSize
        self._way.change, self.tls.recordSize = lambda data: records.extend(data) or [], 4
        self.update_keys(answer_is_wanted=False)
        self._way.change, self.tls.recordSize = change, size
        end = 5 + int.from_bytes(records[3:5], "big")
        return bytes(records[:end]), bytes(records[end:])

    def flood(self, step, count: int) -> int:
        """Does `step` so often, or until the other side has ended the connection. How often it did."""
        for done in range(count):
            try:
                step()
            except ConnectionError:
                return done
        return count


class HostileClient(Side):
    def __init__(self, server, version=TLS_1_3, *arguments, **settings):
        super().__init__(server.connect(), version, *arguments, **settings)

    def shake_hands(self, certificate=None, key=None, name: str | None = "localhost",
                    protocols: list[bytes] | None = None) -> "HostileClient":
        self.tls.handshakeClientCert(certificate, key, settings=self.settings, serverName=name, alpn=protocols)
        return self

    def refusal(self, **options) -> str:
        """How the server ends a handshake that it must not agree to."""
        return self._end(lambda: self.shake_hands(**options) and "agreed")

    def answer(self, request: bytes = HEALTH) -> bytes:
        """The head of the answer, and what came with it."""
        self.tls.sendall(request)
        received = bytearray()
        while b"\r\n\r\n" not in received:
            piece = self.tls.read(max=65_536)
            assert piece, f"ended behind {bytes(received)!r}"
            received += piece
        return bytes(received)

    def end(self) -> str:
        """How the server ends the connection, without a byte of content before."""
        return self._end(lambda: f"said {bytes(content)!r}" if (content := self.tls.read(max=65_536)) else "closed")

    def _end(self, read) -> str:
        """An alert's name, `closed` as it has to be, `cut off` without a word, or `reset`."""
        try:
            return read()
        except TLSRemoteAlert as alert:
            return AlertDescription.toRepr(alert.description)
        except TLSAbruptCloseError:
            return "cut off"
        except ConnectionError:
            return "reset"


def certificate_of(files, name: str) -> X509CertChain:
    chain = X509CertChain()
    chain.parsePemList(Path(files[f"{name}.pem"]).read_text())
    return chain


def key_of(files, name: str):
    return parsePEMKey(Path(files[f"{name}.key"]).read_text(), private=True)


class HostileServerSide(Side):
    """A server's side of a connection, which was accepted."""

    def shake_hands(self, files, certificate: str = "server", **options) -> "HostileServerSide":
        chain, key = certificate_of(files, certificate), key_of(files, certificate)
        self.tls.handshakeServer(certChain=chain, privateKey=key, settings=self.settings, alpn=[b"http/1.1"], **options)
        return self

    def open_websocket(self) -> None:
        """Answers the request to open one. RFC 6455 section 4.2.2."""
        request = bytearray()
        while b"\r\n\r\n" not in request:
            request += self.tls.read(max=65_536)
        fields = dict(line.split(": ", 1) for line in request.decode().lower().split("\r\n")[1:-2])
        key = next(line for line in request.decode().split("\r\n") if line.lower().startswith("sec-websocket-key"))
        assert fields["upgrade"] == "websocket"
        accept = b64encode(sha1(key.split(": ")[1].encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
        self.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")


@contextlib.contextmanager
def hostile_server(serve):
    """A server that calls `serve` with each connection's socket, in a thread of its own; its port.

    A connection that `serve` returns from, or fails on, is closed.
    """
    connections, threads = [], []

    def answer(connection):
        with connection, contextlib.suppress(OSError, TLSError, AssertionError):
            serve(connection)

    def accept():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connection.settimeout(15)
                connections.append(connection)
                threads.append(threading.Thread(target=answer, args=[connection]))
                threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        acceptor = threading.Thread(target=accept)
        acceptor.start()
        try:
            yield listener.getsockname()[1]
        finally:
            # Wakes the thread that accepts.
            listener.shutdown(socket.SHUT_RDWR)
            acceptor.join()
            for connection in connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join()
