"""Clients that break the rules of TLS, by tlslite-ng: each comes to a clear end, and the server goes on as before.

What breaks no rule but is strange, such as records of one byte, is served. Behind each test the next client is served,
the memory is what it was, and no descriptor is left; `stays_as_it_is` looks.
"""

import contextlib
import resource
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from tlslite.constants import CipherSuite, ContentType, ExtensionType
from tlslite.extensions import SNIExtension, TLSExtension

from hostile import HEALTH, SSL_3, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3, HasLeft, HostileClient, certificate_of, key_of, leaving_behind
from wire import head

ALERT, CHANGE_CIPHER_SPEC, HANDSHAKE = ContentType.alert, ContentType.change_cipher_spec, ContentType.handshake
OK = b"HTTP/1.1 200 OK"
# Bytes that the server has not read when it ends the connection make the system reset it, and the alert may be lost.
GONE = {"cut off", "reset"}
both_versions = pytest.mark.parametrize("version", [TLS_1_2, TLS_1_3], ids=["1.2", "1.3"])


@pytest.fixture(scope="module")
def server(taskflow_program, files):
    with taskflow_program.start(*files.flags(), "--log-level", "warning") as server:
        for _ in range(20):
            serves(server)
        yield server


@pytest.fixture(scope="module")
def closed(taskflow_program, files):
    """Lets in only clients that the authority knows."""
    with taskflow_program.start(*files.flags(), "--tls-client-ca", files.authority) as server:
        yield server


def serves(server) -> None:
    with HostileClient(server).shake_hands() as client:
        assert client.answer().startswith(OK)


@pytest.fixture(autouse=True)
def stays_as_it_is(server):
    memory, descriptors = server.resident_bytes(), server.descriptors()
    yield
    serves(server)
    deadline = time.monotonic() + 10
    while server.descriptors() > descriptors and time.monotonic() < deadline:
        time.sleep(0.01)  # Between two looks; being right does not hang on it.
    assert server.descriptors() <= descriptors
    assert server.resident_bytes() < memory + 8_000_000


# Strange, and served


@both_versions
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 37])
def test_messages_in_fragments_of_a_few_bytes(server, version, size):
    """The ClientHello among them: each fragment is a record of its own. RFC 8446 section 5.1."""
    with HostileClient(server, version, record_size=size).shake_hands() as client:
        assert client.answer().startswith(OK)


@both_versions
def test_many_requests_in_one_record(server, version):
    with HostileClient(server, version).shake_hands() as client:
        client.send(HEALTH * 200 + head("GET", "/health", "Connection: close", host="localhost"))
        received = bytearray()
        while piece := client.tls.read(max=65_536):
            received += piece
        assert received.count(OK) == 201


@both_versions
def test_empty_records_between_others(server, version):
    with HostileClient(server, version).shake_hands() as client:
        for byte in HEALTH[:-1]:
            client.send(b"")
            client.send(bytes([byte]))
        assert client.answer(HEALTH[-1:]).startswith(OK)


@both_versions
@pytest.mark.parametrize("name", [None, "localhost", "unknown.example", "a" * 63 + ".b" * 90], ids=["none", "its own", "unknown", "long"])
def test_a_name_that_the_server_does_not_have_gets_its_certificate(server, version, name):
    with HostileClient(server, version).shake_hands(name=name) as client:
        assert client.answer().startswith(OK)
        assert b"localhost" in bytes(client.tls.session.serverCertChain.x509List[0].bytes)


@both_versions
@pytest.mark.parametrize("protocols", [None, [b"http/1.1"], [b"h2", b"x" * 255, b"http/1.1"]], ids=str)
def test_protocols_of_which_the_server_has_one(server, version, protocols):
    with HostileClient(server, version).shake_hands(protocols=protocols) as client:
        assert client.answer().startswith(OK)
        assert bytes(client.tls.session.appProto or b"") == (b"http/1.1" if protocols else b"")


@both_versions
def test_an_end_of_the_clients_side_is_answered(server, version):
    """By a close_notify of its own, behind the answer. RFC 8446 section 6.1."""
    with HostileClient(server, version).shake_hands() as client:
        client.send(HEALTH)
        client.send(b"\1\0", ALERT)
        received = bytearray()
        while piece := client.tls.read(max=65_536):
            received += piece
        assert received.startswith(OK)


@both_versions
def test_content_behind_the_end_is_no_content(server, version):
    with HostileClient(server, version).shake_hands() as client:
        client.send(b"\1\0", ALERT)
        client.flood(lambda: client.send(HEALTH), 3)
        assert client.end() in {"closed", *GONE}


def test_changes_of_keys_between_requests(server):
    with HostileClient(server).shake_hands() as client:
        for _ in range(50):
            client.update_keys(answer_is_wanted=False)
            client.update_keys(answer_is_wanted=True)
            assert client.answer().startswith(OK)


def test_answers_and_an_end_between_the_halves_of_a_change_of_keys(server):
    """The server can say nothing before it has the other half; then it says all."""
    with HostileClient(server).shake_hands() as client:
        requests = client.sealed(HEALTH + head("GET", "/health", "Connection: close", host="localhost"))
        first, second = client.new_keys_in_halves()
        client.socket.sendall(requests + first)
        # The server has read that when it has answered others.
        for _ in range(2):
            serves(server)
        client.socket.sendall(second)
        received = bytearray()
        while piece := client.tls.read(max=65_536):
            received += piece
        assert received.count(OK) == 2


@pytest.mark.parametrize("keys", [["x25519"], ["secp256r1"], ["secp256r1", "x25519"], []], ids=str)
def test_a_client_that_has_guessed_the_group_wrong_is_asked_again(server, keys):
    """RFC 8446 section 4.1.4."""
    with HostileClient(server, keyShares=keys).shake_hands() as client:
        assert client.answer().startswith(OK)


# No handshake


@pytest.mark.parametrize("version, alert", [
    (SSL_3, "handshake_failure"), (TLS_1_0, "protocol_version"), (TLS_1_1, "protocol_version"),
], ids=["SSL 3.0", "1.0", "1.1"])
def test_an_old_version_is_refused(server, version, alert):
    with HostileClient(server, version) as client:
        assert client.refusal() == alert


def test_a_fallback_to_1_2_is_refused(server):
    """TLS_FALLBACK_SCSV says that a client knows more, and was made to say less. RFC 7507."""
    with HostileClient(server, TLS_1_2, sendFallbackSCSV=True) as client:
        assert client.refusal() == "inappropriate_fallback"
    with HostileClient(server, TLS_1_3, sendFallbackSCSV=True).shake_hands() as client:
        assert client.answer().startswith(OK)


def test_ssl_2_is_refused(server):
    with server.connect() as client:
        client.sendall(bytes.fromhex("802e 01 0300 0015 0000 0010 010080 020080 0700c0 00000a 000005 00002f 00ffff")
                       + bytes(range(16)))
        received = client.recv(100)
        assert received == b"" or received[0] == ALERT and client.recv(100) == b""


@pytest.mark.parametrize("settings", [
    {"cipherNames": ["aes128", "aes256"]}, {"cipherNames": ["3des"]}, {"cipherNames": ["rc4"]},
    {"cipherNames": ["null"]}, {"cipherNames": ["aes128ccm", "aes256ccm_8"]}, {"keyExchangeNames": ["rsa"]},
    {"keyExchangeNames": ["dhe_rsa"]}, {"keyExchangeNames": ["ecdh_anon", "dh_anon"]},
    {"eccCurves": ["secp384r1", "secp521r1"], "keyShares": []}, {"eccCurves": ["x448"], "keyShares": []},
    {"eccCurves": ["brainpoolP256r1"], "keyShares": []},
], ids=lambda settings: "-".join(next(iter(settings.values()))))
def test_what_is_weak_or_unknown_is_not_agreed(server, settings):
    with HostileClient(server, TLS_1_2, **settings) as client:
        if settings.get("keyExchangeNames") == ["ecdh_anon", "dh_anon"]:
            client.shake_hands = lambda: client.tls.handshakeClientAnonymous(settings=client.settings)
        assert client.refusal() == "handshake_failure"


@pytest.mark.parametrize("group", ["secp384r1", "secp521r1", "x448", "ffdhe2048"])
def test_a_group_of_1_3_that_is_not_ours_is_not_agreed(server, group):
    groups = {"eccCurves": [], "dhGroups": [group]} if group == "ffdhe2048" else {"eccCurves": [group]}
    with HostileClient(server, **groups, keyShares=[group]) as client:
        assert client.refusal() == "handshake_failure"


@both_versions
@pytest.mark.parametrize("protocols", [[b"h2"], [b"http/1.0", b"HTTP/1.1"], [b"http/1.1\0"], [b"x" * 255] * 60], ids=[
    "h2", "other case", "longer", "many"])
def test_protocols_of_which_the_server_has_none(server, version, protocols):
    with HostileClient(server, version) as client:
        assert client.refusal(protocols=protocols) == "no_application_protocol"


@both_versions
@pytest.mark.parametrize("extension", [
    SNIExtension().create(serverNames=[]),
    SNIExtension().create(hostNames=[bytearray(b"localhost"), bytearray(b"localhost")]),
    SNIExtension().create(hostNames=[bytearray(b"local\0host")]), SNIExtension().create(hostNames=[bytearray(b"a" * 256)]),
    TLSExtension(extType=ExtensionType.server_name).create(bytearray(b"\0\x0c\0\0\x20localhost")),
    TLSExtension(extType=ExtensionType.alpn).create(bytearray(b"\0\x01\0")),
    TLSExtension(extType=ExtensionType.supported_groups).create(bytearray(b"\0")),
], ids=["no name", "two names", "NUL in a name", "a long name", "a name cut short", "an empty protocol", "half a group"])
def test_an_extension_that_is_none(server, version, extension):
    """In place of its like in a good ClientHello."""
    def spoil(hello):
        hello.extensions = [one for one in hello.extensions if one.extType != extension.extType]
        # One that has to be the last of 1.3 stays there.
        hello.extensions.insert(0, extension)

    with HostileClient(server, version) as client:
        change_hello(client, spoil)
        assert client.refusal() in {"decode_error", "unrecognized_name", "illegal_parameter", "handshake_failure"}


def change_hello(client, change) -> None:
    """Lets `change` change the ClientHello before it goes."""
    send = client.tls._sendMsg

    def changed(message, *arguments, **options):
        if message.contentType == HANDSHAKE and hasattr(message, "cipher_suites"):
            change(message)
        return send(message, *arguments, **options)

    client.tls._sendMsg = changed


def test_a_hello_with_all_ciphers_many_times_over(server):
    def repeat(hello):
        hello.cipher_suites = hello.cipher_suites + [CipherSuite.TLS_RSA_WITH_NULL_MD5] * 30_000

    with HostileClient(server) as client:
        change_hello(client, repeat)
        client.shake_hands()
        assert client.answer().startswith(OK)


@pytest.mark.parametrize("kind", [0, 1, 2, 4, 5, 8, 11, 14, 15, 16, 20, 24, 67, 254, 255])
def test_another_message_in_place_of_the_hello(server, kind):
    with server.connect() as client:
        client.sendall(b"\x16\3\1\0\x24" + bytes([kind]) + b"\0\0\x20" + bytes(32))
        assert list(record_types(client.recv(100))) == [ALERT] and client.recv(100) == b""


def test_a_message_of_16_mib_is_refused_by_its_length(server):
    with server.connect() as client:
        client.sendall(b"\x16\3\1\0\x08\1\xff\xff\xff\3\3\0\0")
        assert list(record_types(client.recv(100))) == [ALERT] and client.recv(100) == b""


@both_versions
@pytest.mark.parametrize("is_reset", [False, True], ids=["end", "reset"])
def test_a_client_that_leaves_at_any_stage(server, version, is_reset):
    """Behind each byte of what it has to say, or nearly: the hello, the keys, the change of ciphers, its finish."""
    sizes = []

    def count(data):
        sizes.append(len(data))
        return [data]

    with HostileClient(server, version, count) as client:
        client.shake_hands()
        assert client.answer().startswith(OK)
    handshake = sum(sizes[:-1])

    for length in range(1, handshake, 13):
        with HostileClient(server, version, leaving_behind(length)) as client:
            if is_reset:
                client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            with pytest.raises(HasLeft):
                client.shake_hands()


def test_clients_that_stall_are_ended_after_10_s(server):
    """The others are served meanwhile."""
    first = []
    with HostileClient(server, change=lambda data: first.append(data) or []) as client:
        client.socket.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.shake_hands()
    hello = first[0]

    def stall(start: bytes, piece: bytes) -> tuple[float, set[int]]:
        """How long the server waited, and the types of the records that it sent."""
        started, received = time.monotonic(), b""
        with server.connect(timeout=1) as client:
            client.sendall(start)
            while time.monotonic() - started < 20:
                try:
                    if not (more := client.recv(65_536)):
                        break
                    received += more
                except TimeoutError:
                    client.sendall(piece)
                except ConnectionError:
                    break
            return time.monotonic() - started, set(record_types(received))

    stalls = {"nothing": (b"", b""), "half a hello": (hello[:50], b""), "a byte a second": (hello[:50], hello[50:51]),
              "no finish": (hello, b""), "an empty fragment": (hello[:4] + b"\0" + hello[5:50], b"")}
    with ThreadPoolExecutor(len(stalls)) as pool:
        ends = {name: pool.submit(stall, *bytes_) for name, bytes_ in stalls.items()}
        while not all(end.done() for end in ends.values()):
            serves(server)
            time.sleep(0.2)  # Between two looks; being right does not hang on it.
    for name, end in ends.items():
        seconds, types = end.result()
        assert 9.9 < seconds < 14 and types <= {HANDSHAKE, CHANGE_CIPHER_SPEC, ContentType.application_data}, name
        assert bool(types) == (name == "no finish"), name


def record_types(received: bytes):
    while received:
        yield received[0]
        received = received[5 + int.from_bytes(received[3:5]):]


def test_more_that_stall_than_may_agree(taskflow_program, files):
    """Each beyond 1,000 ends the oldest, so a good client has its turn."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
    with taskflow_program.start(*files.flags()) as server, contextlib.ExitStack() as stack:
        serves(server)
        before = server.resident_bytes()
        stalling = [stack.enter_context(server.connect()) for _ in range(1_200)]
        serves(server)
        # Nothing but the limit can have ended one: the time of the oldest is not over.
        assert server.says("reason=too many handshakes are unfinished"), server.output()
        assert [client.recv(1) for client in stalling[:201]] == [b""] * 201
        assert server.resident_bytes() < before + 1_200 * 50_000


# No certificate


@both_versions
def test_a_client_that_is_known_is_served(closed, files, version):
    with HostileClient(closed, version) as client:
        client.shake_hands(certificate_of(files, "client"), key_of(files, "client"))
        assert client.answer().startswith(OK)


@both_versions
@pytest.mark.parametrize("certificate, key, ends", [
    (None, None, {"certificate_required", "handshake_failure"}), ("client", "other", {"decrypt_error", "bad_certificate"}),
    ("unknown", "unknown", {"unknown_ca"}), ("expired", "expired", {"certificate_expired"}),
    ("stranger", "stranger", {"unknown_ca", "bad_certificate"}),
], ids=["none", "another's key", "unknown authority", "expired", "an authority's own"])
def test_a_client_that_is_not_known_is_told_why(closed, files, version, certificate, key, ends):
    held = []

    def at_once(data):
        # Of what a client of TLS 1.3 shows: tlslite does not look for an alert between the pieces.
        held.append(data)
        if data[0] != ContentType.application_data:
            yield b"".join(held)
            held.clear()

    with HostileClient(closed, version, at_once) as client:
        chain = certificate and certificate_of(files, certificate)
        end = client.refusal(certificate=chain, key=key and key_of(files, key))
        # In TLS 1.3 a client has agreed before the server looks.
        assert (client.end() if end == "agreed" and version == TLS_1_3 else end) in ends


# No record


@both_versions
def test_a_record_with_any_byte_changed(server, version):
    """From its type to the last byte of its seal. Only the length may make the server wait for more."""
    place, length = 0, 1
    while place < length:
        with HostileClient(server, version).shake_hands() as client:
            record = bytearray(client.sealed(HEALTH))
            record[place] ^= 0x80
            client.socket.sendall(record)
            client.socket.shutdown(socket.SHUT_WR)
            ends = {"bad_record_mac", "unexpected_message", "protocol_version", "record_overflow", "decode_error", *GONE}
            assert client.end() in ends, place
        place, length = place + 1, len(record)


@both_versions
def test_a_record_that_comes_again_or_too_early(server, version):
    for order in ([0, 0], [1, 0], [0, 2]):
        with HostileClient(server, version).shake_hands() as client:
            records = [client.sealed(b"GET ") for _ in range(3)]
            client.socket.sendall(b"".join(records[place] for place in order))
            assert client.end() == "bad_record_mac", order


@both_versions
@pytest.mark.parametrize("size", [16_385, 16_640, 20_000, 65_500], ids=str)
def test_a_record_that_is_too_long(server, version, size):
    with HostileClient(server, version).shake_hands() as client:
        client.flood(lambda: client.send(b"G" * size), 1)
        assert client.end() in {"record_overflow", *GONE}


@both_versions
def test_a_record_of_full_length_is_served(server, version):
    body = b'{"title": "' + b"a" * 100 + b'"}'
    request = head("POST", "/tasks", f"Content-Length: {len(body)}", "X: ", host="localhost")
    request = request.replace(b"X: ", b"X: " + b"a" * (16_384 - len(request) - len(body)))
    with HostileClient(server, version).shake_hands() as client:
        client.send(request + body)
        assert client.tls.read(max=100).startswith(b"HTTP/1.1 401 ")


@both_versions
def test_a_request_that_is_cut_off_makes_no_task(server, version):
    """The end of the connection alone may be anybody's: what came before it may not be all."""
    body = b'{"title": "cut off"}'
    request = head("POST", "/tasks", f"Content-Length: {len(body)}", "Authorization: Bearer secret-admin-123",
                   "Content-Type: application/json", host="localhost") + body
    for length in (1, len(request) - len(body), len(request) - 1):
        with HostileClient(server, version).shake_hands() as client:
            client.send(request[:length])
            client.socket.shutdown(socket.SHUT_WR)
            assert client.end() in GONE, length
    with HostileClient(server, version).shake_hands() as client:
        listed = client.answer(head("GET", "/tasks", "Authorization: Bearer secret-admin-123", host="localhost"))
        assert listed.endswith(b"[]")


# No message


@both_versions
@pytest.mark.parametrize("kind, content", [
    (HANDSHAKE, b"\x14\0\0\x20" + bytes(32)), (HANDSHAKE, b"\x04\0\0\x10" + bytes(16)), (HANDSHAKE, b"\x0d\0\0\2\0\0"),
    (HANDSHAKE, b"\x05\0\0\0"), (HANDSHAKE, b"\x18\0\0\1\2"), (HANDSHAKE, b"\x18\xff\xff\xff"), (HANDSHAKE, b""),
    (ContentType.heartbeat, b"\1\xff\xff" + bytes(16)), (99, b"what"), (ALERT, b"\2\x28"), (ALERT, b"\1"),
    (CHANGE_CIPHER_SPEC, b"\1\1"),
], ids=["finished", "ticket", "request for a certificate", "end of early data", "odd change of keys", "16 MiB", "empty",
        "heartbeat", "unknown type", "fatal alert", "half an alert", "long change of ciphers"])
def test_a_message_that_has_no_place_behind_the_handshake(server, version, kind, content):
    with HostileClient(server, version).shake_hands() as client:
        client.send(content, kind)
        client.socket.shutdown(socket.SHUT_WR)
        assert client.end() in {"unexpected_message", "decode_error", "illegal_parameter", "bad_record_mac", "closed", *GONE}


# Floods


def flooded(server, client, step, count: int = 500) -> int:
    """How often it could be done. Each time costs less than a request would."""
    before = server.cpu_seconds()
    done = client.flood(step, count)
    serves(server)
    assert server.cpu_seconds() - before < 0.05 + count * 0.0002
    return done


@both_versions
@pytest.mark.parametrize("kind, content", [
    (ContentType.application_data, b""), (CHANGE_CIPHER_SPEC, b"\1"), (ALERT, b"\1\x5a"),
], ids=["empty records", "changes of ciphers", "warnings"])
def test_a_flood_is_cut_off(server, version, kind, content):
    with HostileClient(server, version).shake_hands() as client:
        flooded(server, client, lambda: client.send(content, kind))
        assert client.end() in {"unexpected_message", "decode_error", "bad_record_mac", *GONE}


@pytest.mark.parametrize("answer_is_wanted", [False, True], ids=["told", "asked"])
def test_a_flood_of_new_keys_costs_little(server, answer_is_wanted):
    with HostileClient(server).shake_hands() as client:
        assert flooded(server, client, lambda: client.update_keys(answer_is_wanted)) == 500
        assert client.answer().startswith(OK)


def test_a_flood_of_wishes_for_another_handshake_costs_little(server):
    """Each is answered by a warning, which the client does not read. RFC 5246 section 7.2.2."""
    hellos = []
    with HostileClient(server, TLS_1_2) as client:
        change_hello(client, lambda hello: hellos.append(hello.write()))
        client.shake_hands()
        flooded(server, client, lambda: client.send(bytes(hellos[0]), HANDSHAKE))
        assert client.end() in {"no_renegotiation", *GONE}
