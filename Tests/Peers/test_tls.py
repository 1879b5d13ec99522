"""TLS: what curl, OpenSSL, Python and Node get from the servers, and what becomes of clients that break it."""

import asyncio
import contextlib
import json
import os
import socket
import ssl
import struct
import subprocess
import time

import pytest
import websockets

from certificates import Certificates
from wire import head

NODE = {**os.environ, "NODE_PATH": "/usr/share/nodejs"}
GET = head("GET", "/", "Connection: close")
VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.fixture(scope="module")
def echo(echo_program, files):
    with echo_program.start(*files.flags()) as server:
        yield server


def secure(server, context: ssl.SSLContext, name="localhost", session=None) -> ssl.SSLSocket:
    """A connection whose end without a word is an error."""
    return context.wrap_socket(
        server.connect(), server_hostname=name, suppress_ragged_eofs=False, session=session)


def read_all(connection) -> bytes:
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def ask(server, context, request=GET, name="localhost") -> bytes:
    with secure(server, context, name) as connection:
        connection.sendall(request)
        return read_all(connection)


def still_answers(server, files):
    assert ask(server, files.client()).startswith(b"HTTP/1.1 200 OK")


def openssl(server, files, *arguments: str, stdin=GET) -> subprocess.CompletedProcess:
    return subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-servername", "localhost",
         "-CAfile", files.authority, "-verify_return_error", "-ign_eof", *arguments],
        input=stdin, capture_output=True, timeout=20)


# Clients that others wrote


def test_curl(echo, files):
    url = f"https://localhost:{echo.port}/"
    body = os.urandom(1_000_000)
    command = ["curl", "--silent", "--show-error", "--max-time", "20", "--cacert", files.authority]
    sent = subprocess.run([*command, "--data-binary", "@-", url, "--next", *command[1:], url], input=body,
                          capture_output=True)
    assert sent.returncode == 0, sent.stderr
    assert sent.stdout == body + b"OK", "both on one connection"
    refused = subprocess.run(["curl", "--silent", url], capture_output=True)
    assert refused.returncode == 60, "curl does not know the authority"


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_python(echo, files, version):
    with secure(echo, files.client(version=version)) as connection:
        assert connection.version() == {VERSIONS[0]: "TLSv1.2", VERSIONS[1]: "TLSv1.3"}[version]
        connection.sendall(GET)
        # The answer's end is said by a close_notify: otherwise this would raise.
        assert read_all(connection).endswith(b"\r\n\r\nOK")


def test_node_over_a_connection_that_is_kept(echo, files):
    script = """
        const https = require('https'), fs = require('fs');
        const agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca: fs.readFileSync(process.argv[2]) });
        let left = 100, ports = new Set(), bytes = 0;
        const body = Buffer.alloc(50000, 'x');
        function ask() {
          const request = https.request({ agent, port: process.argv[1], host: 'localhost', method: 'POST' }, (answer) => {
            ports.add(answer.socket.localPort);
            answer.on('data', (piece) => { bytes += piece.length; });
            answer.on('end', () => { if (--left) ask(); else { console.log(ports.size, bytes); agent.destroy(); } });
          });
          request.end(body);
        }
        ask();
    """
    result = subprocess.run(["node", "-e", script, str(echo.port), files.authority], capture_output=True, text=True,
                            timeout=20)
    assert result.stdout == "1 5000000\n", result.stderr


def test_node_websocket(echo, files):
    script = """
        const WebSocket = require('ws'), fs = require('fs');
        const socket = new WebSocket(`wss://localhost:${process.argv[1]}/`, { ca: fs.readFileSync(process.argv[2]) });
        const message = 'é'.repeat(200000);
        socket.on('open', () => { socket.send('one'); socket.send(message); });
        socket.on('message', (data) => {
          if (data.toString() === message) socket.close(1000); else console.log(data.toString());
        });
        socket.on('close', (code) => console.log(code));
    """
    result = subprocess.run(["node", "-e", script, str(echo.port), files.authority], capture_output=True, text=True,
                            env=NODE, timeout=20)
    assert result.stdout == "one\n1000\n", result.stderr


def test_python_websockets_at_once(echo, files):
    async def one(number):
        async with websockets.connect(f"wss://localhost:{echo.port}/", ssl=files.client()) as socket:
            for size in (0, 1, 125, 70_000):
                await socket.send(bytes([number]) * size)
                assert await socket.recv() == bytes([number]) * size

    async def all_of_them():
        await asyncio.gather(*(one(number) for number in range(50)))

    asyncio.run(all_of_them())


# What is agreed


def test_nothing_weak_is_agreed(echo, files):
    weak = "DEFAULT:@SECLEVEL=0"
    for arguments in (
        ["-tls1_1", "-cipher", weak], ["-tls1", "-cipher", weak],
        ["-tls1_2", "-cipher", "AES128-GCM-SHA256"], ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256"],
        ["-tls1_3", "-curves", "P-521"], ["-alpn", "h2"],
    ):
        result = openssl(echo, files, *arguments)
        assert result.returncode != 0 and b"HTTP/1.1" not in result.stdout, arguments
    for arguments in (
        ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"], ["-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"],
        ["-tls1_3", "-curves", "X25519"], ["-tls1_3", "-curves", "P-256"], ["-alpn", "h2,http/1.1"],
    ):
        assert b"HTTP/1.1 200 OK" in openssl(echo, files, *arguments).stdout, arguments


def test_renegotiation_is_refused(echo, files):
    result = openssl(echo, files, "-tls1_2", "-no_ign_eof", stdin=b"R\n" + GET)
    assert b"RENEGOTIATING" in result.stdout + result.stderr and b"HTTP/1.1" not in result.stdout
    still_answers(echo, files)


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_a_session_is_resumed(echo, files, version):
    context = files.client(version=version)
    with secure(echo, context) as connection:
        assert not connection.session_reused
        connection.sendall(GET)
        read_all(connection)
        session = connection.session
    with secure(echo, context, session=session) as connection:
        assert connection.session_reused


# Clients that break it


class Records:
    """A client whose records are sent by hand."""

    def __init__(self, server, context):
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")
        self.socket = server.connect()
        self.received = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def sealed(self, content: bytes) -> bytes:
        self.tls.write(content)
        return self.outgoing.read()

    def send(self, records: bytes, piece: int | None = None) -> None:
        for start in range(0, len(records), piece or len(records) or 1):
            self.socket.sendall(records[start:start + (piece or len(records))])

    def until_done(self, step, piece: int | None = None):
        """Does `step`, which may need the server's records first."""
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                self.send(self.outgoing.read(), piece)
                received = self.socket.recv(65_536)
                self.incoming.write(received) if received else self.incoming.write_eof()
            finally:
                self.send(self.outgoing.read(), piece)

    def read_all(self) -> bytes:
        """All content up to the server's end; what has come before a failure is in `received`, too."""
        with contextlib.suppress(ssl.SSLZeroReturnError):
            while part := self.until_done(lambda: self.tls.read(65_536)):
                self.received += part
        return self.received


def test_records_come_a_byte_at_a_time(echo, files):
    with Records(echo, files.client()) as client:
        client.until_done(client.tls.do_handshake, piece=1)
        client.send(client.sealed(GET), piece=1)
        assert client.read_all().endswith(b"\r\n\r\nOK")


def test_content_comes_a_byte_a_record(echo, files):
    with Records(echo, files.client()) as client:
        client.until_done(client.tls.do_handshake)
        client.send(b"".join(client.sealed(bytes([byte])) for byte in GET))
        assert client.read_all().endswith(b"\r\n\r\nOK")


def test_a_record_that_was_changed_ends_the_connection(echo, files):
    with Records(echo, files.client()) as client:
        client.until_done(client.tls.do_handshake)
        record = bytearray(client.sealed(GET))
        record[-1] ^= 1
        client.send(bytes(record))
        with pytest.raises(ssl.SSLError, match="BAD_RECORD_MAC"):
            client.read_all()
    still_answers(echo, files)


def test_an_upload_that_is_cut_off_is_no_end(echo, files):
    upload = head("POST", "/", "Content-Length: 10") + b"half"
    with Records(echo, files.client()) as client:
        client.until_done(client.tls.do_handshake)
        client.send(client.sealed(upload))
        client.socket.shutdown(socket.SHUT_WR)
        with pytest.raises(OSError):
            client.read_all()
        assert b"0\r\n\r\n" not in client.received, "the answer to half a body is not ended"
    still_answers(echo, files)


def test_half_close(taskflow_program, files):
    """A client that says it has ended still gets its answer, and the server's end."""
    with taskflow_program.start(*files.flags()) as server, Records(server, files.client()) as client:
        client.until_done(client.tls.do_handshake)
        client.send(client.sealed(head("GET", "/health")))
        with contextlib.suppress(ssl.SSLWantReadError):
            client.tls.unwrap()
        client.send(client.outgoing.read())
        client.socket.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: client.socket.recv(65_536), b""))
        assert len(received) > 200 and received[0] == 23, "records of content"


def hello(files) -> bytes:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        files.client().wrap_bio(incoming, outgoing, server_hostname="localhost").do_handshake()
    return outgoing.read()


def test_handshakes_that_break_off_leave_nothing(echo, files):
    whole = hello(files)
    before = echo.descriptors()
    for length in range(0, len(whole) + 1, 7):
        with echo.connect() as client:
            client.sendall(whole[:length])
            if length % 2:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    still_answers(echo, files)
    deadline = time.monotonic() + 10
    while echo.descriptors() > before and time.monotonic() < deadline:
        time.sleep(0.01)  # Between two looks; being right does not hang on it.
    assert echo.descriptors() <= before


@pytest.mark.parametrize("bytes_", [
    GET, b"\x00" * 1_000, os.urandom(5_000), b"\x16\x03\x01\xff\xff" + b"a" * 100, b"\x17\x03\x03\x00\x20" + b"a" * 32,
    b"\x15\x03\x03\x00\x02\x02\x28", b"\x16\x03\x01\x00\x00" * 1_000,
], ids=["plain HTTP", "zeros", "random", "a record too long", "content first", "an alert first", "empty records"])
def test_what_is_no_handshake_is_cut_off(echo, files, bytes_):
    with echo.connect() as client:
        with contextlib.suppress(ConnectionError):
            client.sendall(bytes_)
            received = client.recv(65_536)
            assert received == b"" or received[0] == 21, "an alert at most"
            while client.recv(65_536):
                pass
    still_answers(echo, files)


def test_a_reader_that_is_slow_holds_the_server_up(taskflow_program, files):
    with taskflow_program.start(*files.flags()) as server, secure(server, files.client()) as connection:
        connection.sendall(head("GET", "/demo/stream/ndjson?count=100000", "Connection: close"))
        connection.recv(1)
        before = server.resident_bytes()
        for _ in range(20):
            ask(server, files.client(), head("GET", "/health", "Connection: close"))
        assert server.resident_bytes() < before + 8_000_000, "what is not read waits with the program"
        assert read_all(connection).rstrip().endswith(b"0"), "and comes whole"


# taskflow


def ended(program, *flags: str) -> subprocess.CompletedProcess:
    return subprocess.run([program.binary, *program.flags, "--port", "0", *flags], capture_output=True, text=True,
                          timeout=10)


@pytest.mark.parametrize("flags", [
    ["--tls-cert", "a.pem"], ["--tls-key", "a.key"], ["--tls-client-ca", "ca.pem"], ["--hsts"],
], ids=" ".join)
def test_flags_that_need_others(taskflow_program, flags):
    result = ended(taskflow_program, *flags)
    assert result.returncode == 64
    assert "--tls-cert" in result.stderr and "--tls-key" in result.stderr


@pytest.mark.parametrize("certificate, key, reason", [
    ("none.pem", "server.key", "none.pem is no certificate: No such file or directory"),
    ("server.key", "server.key", "server.key is no certificate: no start line"),
    ("server.pem", "none.key", "none.key is no key of "), ("server.pem", "other.key", "key values mismatch"),
    ("expired.pem", "expired.key", "expired.pem has expired"),
])
def test_files_that_cannot_be_used_are_one_line_and_code_1(taskflow_program, files, certificate, key, reason):
    result = ended(taskflow_program, "--tls-cert", files[certificate], "--tls-key", files[key])
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1 and reason in result.stderr, result.stderr


def test_taskflow_by_tls(taskflow_program, files):
    tokens = ["--admin-token", "a" * 20, "--user-token", "u" * 20]
    with taskflow_program.start(*files.flags(), *tokens, "--hsts", "--host", "0.0.0.0") as server:
        answer = ask(server, files.client(), head("GET", "/health", "Connection: close"))
        assert b"\r\nStrict-Transport-Security: max-age=31536000\r\n" in answer
        for origin, status in [("https", b"204"), ("http", b"403")]:
            preflight = head("OPTIONS", "/tasks", f"Origin: {origin}://localhost:{server.port}",
                             "Access-Control-Request-Method: POST", "Connection: close")
            assert ask(server, files.client(), preflight).split()[1] == status, origin
        output = server.stop()
    assert f"Listening on https://0.0.0.0:{server.port}" in output and "plain HTTP" not in output


def test_taskflow_asks_for_certificates(taskflow_program, files):
    flags = [*files.flags(), "--tls-client-ca", files.authority]
    health = head("GET", "/health", "Connection: close")
    with taskflow_program.start(*flags) as server:
        assert ask(server, files.client("client"), health).startswith(b"HTTP/1.1 200 OK")
        for certificate in (None, "unknown"):
            with pytest.raises((ssl.SSLError, ConnectionError)):
                ask(server, files.client(certificate), health)


def test_failed_handshakes_are_a_line_with_the_reason(taskflow_program, files):
    started = time.monotonic()
    with taskflow_program.start(*files.flags(), "--tls-client-ca", files.authority) as server:
        def fails(reason, attempt):
            with contextlib.suppress(OSError):
                attempt()
            assert server.says(f"reason={reason}"), server.output()

        def send(bytes_):
            with server.connect() as client:
                client.sendall(bytes_)
                client.recv(100)

        old = bytes([22, 3, 1, 0, 45, 1, 0, 0, 41, 3, 1, *range(32), 0, 0, 2, 0xC0, 9, 1, 0])
        fails("http request", lambda: send(GET))
        fails("unsupported protocol", lambda: send(old))
        fails("peer did not return a certificate", lambda: ask(server, files.client()))
        fails("unable to get local issuer certificate", lambda: ask(server, files.client("unknown")))
        for _ in range(100):
            send(GET)
        assert ask(server, files.client("client"), head("GET", "/health", "Connection: close")).startswith(b"HTTP/1.1 200")
        output = server.stop()
    lines = [line for line in output.splitlines() if "Refused" in line]
    assert all("NOTICE" in line and "address=127.0.0.1:" in line for line in lines), output
    assert len(lines) <= time.monotonic() - started + 2, "one a second at most"


def test_reading_anew_keeps_no_memory(taskflow_program, files):
    """Connections that are open have the old certificate; those between them and the last one are not kept."""
    with taskflow_program.start(*files.flags()) as server, contextlib.ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(secure(server, files.client()))
        def reload(count):
            for _ in range(count):
                before = server.output().count("read anew")
                server.signal(12)
                deadline = time.monotonic() + 15
                while server.output().count("read anew") == before:
                    assert time.monotonic() < deadline, server.output()
                    time.sleep(0.001)  # Between two looks; being right does not hang on it.
        reload(20)
        before = server.resident_bytes()
        reload(200)
        assert server.resident_bytes() < before + 2_000_000
        assert ask(server, files.client(), head("GET", "/health", "Connection: close")).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("by_signal", [True, False], ids=["SIGUSR2", "the files change"])
def test_certificates_are_read_anew(taskflow_program, tmp_path, by_signal):
    files = Certificates(tmp_path)
    files.copy("server", "changing")
    health = head("GET", "/health")

    def renew(name, *lines):
        files.copy(name, "changing")
        if by_signal:
            server.signal(12)
        assert server.says(*lines), server.output()

    with taskflow_program.start(*files.flags("changing")) as server, secure(server, files.client()) as kept:
        renew("expired", "The old certificate stays: ", "changing.pem has expired")
        assert ask(server, files.client(), head("GET", "/health", "Connection: close")).startswith(b"HTTP/1.1 200")
        renew("other", "The certificate was read anew")
        with pytest.raises(ssl.SSLCertVerificationError):
            secure(server, files.client())
        answer = ask(server, files.client(), head("GET", "/health", "Connection: close", host="localhost"), "other.test")
        assert answer.startswith(b"HTTP/1.1 200 OK")
        kept.sendall(health)
        assert kept.recv(65_536).startswith(b"HTTP/1.1 200 OK"), "the connection went on"


@pytest.mark.parametrize("by_signal", [True, False], ids=["SIGUSR2", "the files change"])
def test_a_certificate_that_is_a_pipe_is_not_waited_for(taskflow_program, tmp_path, by_signal):
    files = Certificates(tmp_path)
    files.copy("server", "changing")
    with taskflow_program.start(*files.flags("changing")) as server:
        os.mkfifo(tmp_path / "pipe")
        (tmp_path / "pipe").rename(tmp_path / "changing.pem")
        if by_signal:
            server.signal(12)
        assert server.says("The old certificate stays: ", "changing.pem is no plain file")
        assert ask(server, files.client(), head("GET", "/health", "Connection: close")).startswith(b"HTTP/1.1 200")


def test_live_events_by_wss(taskflow_program, files):
    async def first_message(port):
        address = f"wss://localhost:{port}/ws/tasks"
        async with websockets.connect(address, ssl=files.client()) as socket:
            return json.loads(await socket.recv())["event"]

    with taskflow_program.start(*files.flags()) as server:
        assert asyncio.run(first_message(server.port)) == "connection.ready"


def test_websocket_client_by_wss(taskflow_program, websocket_client, files):
    with taskflow_program.start(*files.flags()) as server:
        url = f"wss://localhost:{server.port}/ws/tasks"
        shown = subprocess.Popen([websocket_client, url, "--ca", files.authority], stdout=subprocess.PIPE, text=True)
        try:
            assert shown.stdout.readline() == f"Connected to {url}\n"
        finally:
            shown.terminate()
            assert shown.wait(10) == 0
        refused = subprocess.run([websocket_client, url, "--ca", files["stranger.pem"]], capture_output=True, text=True,
                                 timeout=20)
        assert refused.returncode == 1, "it does not ask again"
        assert refused.stderr == f"Cannot connect to {url}: unable to get local issuer certificate\n"
