"""A TLS client that keeps the rules where it is not told to break them; tlslite-ng does what has to be done rightly."""

from tlslite.constants import AlertDescription, ContentType
from tlslite.errors import TLSAbruptCloseError, TLSRemoteAlert
from tlslite.handshakesettings import HandshakeSettings
from tlslite.messages import Message
from tlslite.tlsconnection import TLSConnection

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


class HostileClient:
    """One connection. What tlslite makes of an attribute of its `HandshakeSettings` is said by the attribute's name."""

    def __init__(self, server, version=TLS_1_3, change=lambda data: [data], record_size: int | None = None, **settings):
        self.socket = server.connect()
        self._way = Changed(self.socket, change)
        self.tls = TLSConnection(self._way)
        if record_size:
            self.tls.recordSize = record_size
        self.settings = HandshakeSettings()
        for name, value in {"minVersion": version, "maxVersion": version, "eccCurves": ["x25519", "secp256r1"],
                            "keyShares": ["x25519"], **settings}.items():
            setattr(self.settings, name, value)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def shake_hands(self, name: str | None = "localhost", protocols: list[bytes] | None = None) -> "HostileClient":
        self.tls.handshakeClientCert(settings=self.settings, serverName=name, alpn=protocols)
        return self

    def refusal(self, **options) -> str:
        """How the server ends a handshake that it must not agree to."""
        return self._end(lambda: self.shake_hands(**options) and "agreed")

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

    def flood(self, step, count: int) -> int:
        """Does `step` so often, or until the server has ended the connection. How often it did."""
        for done in range(count):
            try:
                step()
            except ConnectionError:
                return done
        return count

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
