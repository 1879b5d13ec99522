"""TLS on a socket which to its user is that socket, for suites that were written for plain ones."""

import contextlib
import socket
import ssl
import threading


class SecureSocket:
    """What the suites use of `socket.socket`. One thread may read while another writes.

    The end is the one that the peer has said (close_notify). An end without that word is a reset: what has come may not
    be all. Closing says nothing, as with Python's own.
    """

    def __init__(self, plain: socket.socket, context: ssl.SSLContext, name: str):
        self._plain = plain
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name)
        # OpenSSL's object is for one thread at a time; and records have to leave in the order in which they were made.
        self._using, self._sending = threading.Lock(), threading.Lock()
        try:
            self._until_done(self._tls.do_handshake)
        except BaseException:
            plain.close()
            raise

    def __getattr__(self, name):
        return getattr(self._plain, name)

    def __enter__(self) -> "SecureSocket":
        return self

    def __exit__(self, *_) -> None:
        self._plain.close()

    def sendall(self, content: bytes) -> None:
        view = memoryview(content)
        for start in range(0, len(view), 65_536):
            try:
                with self._using:
                    self._tls.write(view[start:start + 65_536])
            except ssl.SSLError as error:
                raise BrokenPipeError("both sides have ended") from error
            self._send_records()

    def send(self, content: bytes) -> int:
        self.sendall(content)
        return len(content)

    def recv(self, count: int) -> bytes:
        try:
            return self._until_done(lambda: self._tls.read(count))
        except ssl.SSLZeroReturnError:
            return b""

    def shutdown(self, how: int) -> None:
        """Says that this side has ended; the connection stays open for the other."""
        with self._using, contextlib.suppress(ssl.SSLError):
            self._tls.unwrap()
        self._send_records()
        if how == socket.SHUT_RDWR:
            self._plain.shutdown(how)

    def _until_done(self, step):
        """Does `step`, which may need more of the peer's records first."""
        while True:
            try:
                with self._using:
                    return step()
            except ssl.SSLWantReadError:
                pass
            finally:
                if self._outgoing.pending:
                    self._send_records()
            records = self._plain.recv(65_536)
            if not records:
                raise ConnectionResetError("the connection has ended within the stream")
            with self._using:
                self._incoming.write(records)

    def _send_records(self) -> None:
        with self._sending:
            with self._using:
                records = self._outgoing.read()
            self._plain.sendall(records)
