"""Files over HTTP, asked for with curl, Python's clients and by hand: `Tests/FileServer` serves a folder of this test's."""

import asyncio
import email
import gzip
import os
import re
import socket
import subprocess
import tempfile
import time
import zlib
from email.utils import formatdate
from pathlib import Path

import aiohttp
import pytest

from server import Program

TEXT = b"".join(b"line %d of many\n" % number for number in range(4_000))
BYTES = bytes((number * 7 + (number >> 9)) & 255 for number in range(300_000))
OLD = 1_600_000_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("files")
    served = root / "served"
    for path, content in {"a.txt": TEXT, "b.bin": BYTES, "empty.txt": b"", "short.txt": b"short", "index.html": b"<p>top",
                          "sub/index.html": b"<p>sub", "sub/c.css": b"c" * 3_000, "bare/x": b"x", "a b.json": b"{}", ".secret": b"no",
                          ".git/config": b"no", "sub/.env": b"no", "NOTES": b"n"}.items():
        (served / path).parent.mkdir(parents=True, exist_ok=True)
        (served / path).write_bytes(content)
        os.utime(served / path, (OLD, OLD))
    (root / "outside.txt").write_bytes(b"outside")
    (root / "served2").mkdir()
    (root / "served2/x.txt").write_bytes(b"outside")
    (served / "out").symlink_to("../outside.txt")
    (served / "outdir").symlink_to("..")
    (served / "near").symlink_to("../served2")
    (served / "etc").symlink_to("/etc")
    (served / "in").symlink_to("a.txt")
    (served / "hidden").symlink_to(".secret")
    (served / "loop").symlink_to("loop")
    (served / "dangling").symlink_to("nowhere")
    os.mkfifo(served / "fifo")
    (served / "null").symlink_to("/dev/null")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(served / "socket"))
    with open(served / "sparse", "wb") as sparse:
        sparse.truncate(5 << 30)
        sparse.seek((5 << 30) - 4)
        sparse.write(b"tail")
    deadline = time.time() + 3
    while time.time() < deadline and time.time() - (served / "sparse").stat().st_ctime < 2.1:
        time.sleep(0.1)  # Tags of files that have just changed are weak: by the clock, so the clock is waited for.
    return served


@pytest.fixture(scope="module")
def server(request, folder):
    binary = request.config.getoption("file_server") or pytest.skip("no --file-server given")
    program = Program("file_server", binary, "/", ("--directory", str(folder)), None)
    with program.start() as running:
        yield running


class Answer:
    def __init__(self, raw: bytes):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin1").split("\r\n")
        self.status = int(lines[0].split()[1])
        self.fields = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}


def ask(server, path: str, method: str = "GET", **fields: str) -> Answer:
    """By hand: a path goes as it is, which clients would not let it."""
    lines = [f"{method} {path} HTTP/1.1", "Host: a", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    with server.connect() as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode("latin1"))
        raw = b""
        while piece := connection.recv(1 << 16):
            raw += piece
    return Answer(raw)


def curl(server, *arguments: str) -> bytes:
    *flags, path = arguments
    return subprocess.run(["curl", "-sS", "--path-as-is", *flags, server.url + path], check=True, timeout=60,
                          capture_output=True).stdout


def files_open(server, folder) -> list[str]:
    links = []
    for name in os.listdir(f"/proc/{server.process.pid}/fd"):
        try:
            links.append(os.readlink(f"/proc/{server.process.pid}/fd/{name}"))
        except FileNotFoundError:
            pass
    return [link for link in links if link.startswith(str(folder))]


def no_files_open(server, folder) -> bool:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        if not files_open(server, folder):
            return True
        time.sleep(0.02)  # Between two looks; being right does not hang on it.
    return False


# What is served


@pytest.mark.parametrize("path, kind, content", [
    ("/a.txt", "text/plain; charset=utf-8", TEXT), ("/b.bin", "application/octet-stream", BYTES),
    ("/", "text/html; charset=utf-8", b"<p>top"), ("/sub/", "text/html; charset=utf-8", b"<p>sub"),
    ("/sub/c.css", "text/css; charset=utf-8", b"c" * 3_000), ("/NOTES", "application/octet-stream", b"n"),
    ("/in", "application/octet-stream", TEXT), ("//a.txt", "text/plain; charset=utf-8", TEXT),
    ("/%61.txt", "text/plain; charset=utf-8", TEXT), ("/empty.txt", "text/plain; charset=utf-8", b""),
    ("/below/here/c.css", "text/css; charset=utf-8", b"c" * 3_000), ("/a.txt?x=/../y", "text/plain; charset=utf-8", TEXT)])
def test_a_file_with_its_type_and_length_and_head_says_the_same(server, path, kind, content):
    answer = ask(server, path)
    assert (answer.status, answer.fields["content-type"], answer.body) == (200, kind, content)
    assert int(answer.fields["content-length"]) == len(content)
    assert answer.fields["accept-ranges"] == "bytes" and answer.fields["cache-control"] == "public, max-age=0"
    head = ask(server, path, "HEAD")
    answer.fields.pop("date"), head.fields.pop("date")
    assert (head.status, head.fields, head.body) == (200, answer.fields, b"")


@pytest.mark.parametrize("path, place", [("/sub", "/sub/"), ("/sub?a=b", "/sub/?a=b"), ("//sub", "/sub/"),
                                         ("///sub", "/sub/"), ("/below/here", "/below/here/"), ("/s%75b", "/s%75b/")])
def test_a_folder_without_its_slash_is_redirected_and_never_to_another_host(server, path, place):
    answer = ask(server, path)
    assert (answer.status, answer.fields["location"]) == (301, place)


@pytest.mark.parametrize("path", [
    "/..", "/../outside.txt", "/../../etc/passwd", "/sub/../../outside.txt", "/sub/../a.txt", "/%2e%2e/outside.txt",
    "/%2e%2e%2foutside.txt", "/..%2foutside.txt", "/..%5coutside.txt", "/..\\outside.txt", "/sub/%2e%2e/%2e%2e/outside.txt",
    "/%252e%252e/outside.txt", "/%c0%ae%c0%ae/outside.txt", "/....//outside.txt", "/..;/outside.txt", "/./a.txt",
    "/a.txt%00", "/a.txt%00.html", "/%00", "/.secret", "/.git/config", "/%2egit/config", "/sub/.env", "/a.txt/", "/a.txt/x",
    "/out", "/outdir/outside.txt", "/outdir/", "/near/x.txt", "/etc/passwd", "/hidden", "/loop", "/dangling", "/fifo",
    "/null", "/socket", "/bare/", "/bare", "/nothing", "/" + "a" * 300, "/" + "a/" * 3_000, "/served2/x.txt",
    "/below/here/../a.txt", "/below/here/%2e%2e/a.txt", "/sub%2fc.css", "/%", "/%zz"])
def test_nothing_else_leads_to_a_file(server, path):
    answer = ask(server, path)
    assert answer.status in (400, 404), (path, answer.status)
    assert b"outside" not in answer.body.replace(path.encode("latin1"), b"") and b"root:" not in answer.body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_other_methods_are_passed_on(server, method):
    assert ask(server, "/a.txt", method).status in (404, 405)


def test_what_may_not_be_read_is_forbidden(request):
    binary = request.config.getoption("file_server") or pytest.skip("no --file-server given")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "locked").mkdir()
        for path in ("open.txt", "closed.txt", "locked/x.txt"):
            (folder / path).write_bytes(b"content")
        (folder / "closed.txt").chmod(0)
        (folder / "locked").chmod(0)
        # The superuser may read all, so the server runs as another.
        other = {"user": 65_534} if os.geteuid() == 0 else {}
        try:
            with Program("file_server", binary, "/", ("--directory", name), None).start(**other) as server:
                answers = {path: ask(server, path) for path in ("/open.txt", "/closed.txt", "/locked/x.txt", "/locked/")}
                assert {path: answer.status for path, answer in answers.items()} == {
                    "/open.txt": 200, "/closed.txt": 403, "/locked/x.txt": 403, "/locked/": 403}
                assert b"content" not in answers["/closed.txt"].body + answers["/locked/x.txt"].body
                assert no_files_open(server, folder)
        finally:
            (folder / "locked").chmod(0o755)


# Conditions


def test_a_copy_that_is_good_is_not_sent_again(server):
    first = ask(server, "/a.txt")
    tag, date = first.fields["etag"], first.fields["last-modified"]
    assert date == formatdate(OLD, usegmt=True) and re.fullmatch(r'"[\w-]+"', tag)
    weak = "W/" + tag
    for fields, status in [
            ({"If_None_Match": tag}, 304), ({"If_None_Match": weak}, 304), ({"If_None_Match": "*"}, 304),
            ({"If_None_Match": f'"x", {tag}'}, 304), ({"If_None_Match": '"x"'}, 200), ({"If_None_Match": tag[1:-1]}, 200),
            ({"If_Modified_Since": date}, 304), ({"If_Modified_Since": formatdate(OLD + 1, usegmt=True)}, 304),
            ({"If_Modified_Since": formatdate(OLD - 1, usegmt=True)}, 200), ({"If_Modified_Since": "yesterday"}, 200),
            ({"If_None_Match": '"x"', "If_Modified_Since": date}, 200), ({"If_Match": tag}, 200), ({"If_Match": "*"}, 200),
            ({"If_Match": weak}, 412), ({"If_Match": '"x"'}, 412), ({"If_Unmodified_Since": date}, 200),
            ({"If_Unmodified_Since": formatdate(OLD - 1, usegmt=True)}, 412), ({"If_Match": tag, "If_None_Match": tag}, 304)]:
        for method in ("GET", "HEAD"):
            answer = ask(server, "/a.txt", method, **fields)
            assert answer.status == status, (fields, method)
        if status == 304:
            assert answer.fields["etag"] == tag and answer.body == b"" and "content-type" not in answer.fields
        if status == 412:
            assert "etag" not in answer.fields


def test_a_file_that_was_replaced_has_another_tag_and_a_weak_one_at_first(server, folder):
    path = folder / "replaced.txt"
    path.write_bytes(b"one")
    os.utime(path, (OLD, OLD))
    first = ask(server, "/replaced.txt").fields["etag"]
    (folder / "new.txt").write_bytes(b"two")
    os.utime(folder / "new.txt", (OLD, OLD))
    os.rename(folder / "new.txt", path)
    second = ask(server, "/replaced.txt").fields["etag"]
    assert first != second and second.startswith('W/"')
    assert ask(server, "/replaced.txt", Range="bytes=0-0", If_Range=second).status == 200


# Ranges


@pytest.mark.parametrize("field, part", [
    ("0-0", slice(0, 1)), ("100-199", slice(100, 200)), ("299999-", slice(299_999, None)), ("-5", slice(-5, None)),
    ("0-", slice(0, None)), ("65535-65536", slice(65_535, 65_537)), ("-999999", slice(0, None))])
def test_curl_gets_a_range(server, field, part):
    assert curl(server, "--range", field, "/b.bin") == BYTES[part]
    answer = ask(server, "/b.bin", Range=f"bytes={field}")
    start, end = part.indices(len(BYTES))[:2]
    assert (answer.status, answer.fields["content-range"]) == (206, f"bytes {start}-{end - 1}/{len(BYTES)}")
    assert int(answer.fields["content-length"]) == end - start


def test_curl_goes_on_where_it_has_stopped(server, tmp_path):
    target = tmp_path / "b.bin"
    target.write_bytes(BYTES[:123_456])
    curl(server, "-C", "-", "-o", str(target), "/b.bin")
    assert target.read_bytes() == BYTES


def test_several_ranges_come_as_parts(server):
    answer = ask(server, "/b.bin", Range="bytes=0-9, 1000-1999,-3")
    assert answer.status == 206 and int(answer.fields["content-length"]) == len(answer.body)
    message = email.message_from_bytes(b"Content-Type: " + answer.fields["content-type"].encode() + b"\r\n\r\n" + answer.body)
    parts = [(part["Content-Type"], part["Content-Range"], part.get_payload(decode=True)) for part in message.get_payload()]
    assert [part[1] for part in parts] == ["bytes 0-9/300000", "bytes 1000-1999/300000", "bytes 299997-299999/300000"]
    assert {part[0] for part in parts} == {"application/octet-stream"}
    # Its bytes, not what a mail reader makes of their line ends.
    for content in (BYTES[:10], BYTES[1_000:2_000], BYTES[-3:]):
        assert b"\r\n\r\n" + content + b"\r\n--" in answer.body
    assert curl(server, "--range", "0-9,1000-1999", "/b.bin").count(b"Content-Range") == 2


@pytest.mark.parametrize("path, field", [("/b.bin", "bytes=300000-"), ("/b.bin", "bytes=-0"), ("/empty.txt", "bytes=0-")])
def test_what_is_not_there_is_416(server, path, field):
    answer = ask(server, path, Range=field)
    size = 300_000 if path == "/b.bin" else 0
    assert (answer.status, answer.fields["content-range"]) == (416, f"bytes */{size}")
    assert "etag" not in answer.fields


@pytest.mark.parametrize("field", ["bytes=5-1", "lines=0-1", "bytes=0-,0-,0-", "bytes=" + ",".join(["0-0"] * 17), "bytes=a"])
def test_what_is_no_range_or_too_much_is_the_whole(server, field):
    answer = ask(server, "/b.bin", Range=field)
    assert answer.status == 200 and answer.body == BYTES


def test_a_range_of_a_copy_that_is_old_is_the_whole(server):
    first = ask(server, "/b.bin", "HEAD", Range="bytes=0-0")
    assert first.status == 200, "a range is heeded in a GET alone"
    tag, date = first.fields["etag"], first.fields["last-modified"]
    for condition, status in [(tag, 206), (date, 206), ("W/" + tag, 200), ('"x"', 200), (formatdate(OLD - 1, usegmt=True), 200),
                              (formatdate(OLD + 1, usegmt=True), 200), ("x", 200)]:
        assert ask(server, "/b.bin", Range="bytes=0-0", If_Range=condition).status == status, condition


def test_the_end_of_five_gigabytes(server):
    assert curl(server, "--range", "-4", "/sparse") == b"tail"
    answer = ask(server, "/sparse", Range="bytes=5368709118-")
    assert answer.body == b"il" and answer.fields["content-range"] == "bytes 5368709118-5368709119/5368709120"


def test_aiohttp_reads_whole_files_and_ranges_on_one_connection(server):
    async def run():
        async with aiohttp.ClientSession() as session:
            for _ in range(20):
                async with session.get(server.url + "/b.bin") as answer:
                    assert await answer.read() == BYTES
                async with session.get(server.url + "/b.bin", headers={"Range": "bytes=10-19"}) as answer:
                    assert answer.status == 206 and await answer.read() == BYTES[10:20]
                async with session.get(server.url + "/a.txt") as answer:
                    assert answer.headers["Content-Encoding"] == "gzip" and await answer.read() == TEXT
                async with session.get(server.url + "/sub") as answer:
                    assert str(answer.url).endswith("/sub/") and await answer.text() == "<p>sub"
    asyncio.run(run())


# Compression


def test_curl_reads_what_was_compressed(server):
    assert curl(server, "--compressed", "/a.txt") == TEXT
    answer = ask(server, "/a.txt", Accept_Encoding="gzip")
    plain = ask(server, "/a.txt")
    assert answer.fields["content-encoding"] == "gzip" and "content-length" not in answer.fields
    assert answer.fields["etag"] == "W/" + plain.fields["etag"]
    assert answer.fields["vary"] == plain.fields["vary"] == "Accept-Encoding"
    assert "content-encoding" not in plain.fields
    assert ask(server, "/a.txt", Accept_Encoding="gzip", If_None_Match=answer.fields["etag"]).status == 304
    head = ask(server, "/a.txt", "HEAD", Accept_Encoding="gzip")
    for name in ("content-encoding", "etag", "vary", "content-type"):
        assert head.fields[name] == answer.fields[name]
    assert "content-length" not in head.fields and head.body == b""
    assert ask(server, "/a.txt", Accept_Encoding="gzip", If_None_Match="*").fields["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path, fields", [
    ("/b.bin", {"Accept_Encoding": "gzip"}), ("/short.txt", {"Accept_Encoding": "gzip"}),
    ("/events", {"Accept_Encoding": "gzip"}), ("/a.txt", {"Accept_Encoding": "gzip;q=0"}), ("/a.txt", {}),
    ("/a.txt", {"Accept_Encoding": "gzip", "Range": "bytes=0-5000"}), ("/empty.txt", {"Accept_Encoding": "gzip"}),
    ("/nothing", {"Accept_Encoding": "gzip"})])
def test_what_is_not_compressed(server, path, fields):
    assert "content-encoding" not in ask(server, path, **fields).fields


def test_what_is_written_can_be_read_before_the_rest_is_there(server):
    with server.connect() as connection:
        connection.sendall(b"GET /stream HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n")
        raw, text = b"", b""

        def chunks():
            nonlocal raw
            raw += connection.recv(65_536)
            body = raw.partition(b"\r\n\r\n")[2]
            found = b""
            while match := re.match(rb"([0-9a-f]+)\r\n", body):
                size = int(match[1], 16)
                if size == 0 or len(body) < match.end() + size + 2:
                    break
                found += body[match.end():match.end() + size]
                body = body[match.end() + size + 2:]
            return found

        while b"first\n" not in text:
            text = zlib.decompressobj(31).decompress(chunks())
        assert ask(server, "/second").status == 200
        while not raw.endswith(b"0\r\n\r\n"):
            body = chunks()
        assert gzip.decompress(body) == b"first\nsecond\n"


# What is hostile


@pytest.mark.parametrize("change", ["shrinks", "is removed", "is replaced"])
def test_a_file_that_changes_while_it_is_sent(server, folder, change):
    path = folder / "moving.bin"
    size = 32 << 20
    path.write_bytes(b"a" * size)
    with server.connect(receive_buffer=4_096) as connection:
        connection.sendall(b"GET /moving.bin HTTP/1.1\r\nHost: a\r\n\r\n")
        raw = connection.recv(4_096)
        assert raw.startswith(b"HTTP/1.1 200")
        if change == "shrinks":
            os.truncate(path, 1_000)
        elif change == "is removed":
            path.unlink()
        else:
            (folder / "other.bin").write_bytes(b"b" * size)
            os.rename(folder / "other.bin", path)
        count = len(raw)
        while piece := connection.recv(1 << 20):
            assert b"b" not in piece
            count += len(piece)
            if count >= size + raw.index(b"\r\n\r\n") + 4:
                break
        assert (count >= size) == (change != "shrinks")
    path.unlink(missing_ok=True)
    assert no_files_open(server, folder)
    assert ask(server, "/short.txt").body == b"short"


def test_a_thousand_slow_readers_take_a_piece_each(server, folder):
    before = server.resident_bytes()
    connections = []
    try:
        for _ in range(1_000):
            connection = server.connect(receive_buffer=4_096)
            connections.append(connection)
            connection.sendall(b"GET /sparse HTTP/1.1\r\nHost: a\r\n\r\n")
        for connection in connections:
            assert connection.recv(10) == b"HTTP/1.1 2"
        assert curl(server, "/short.txt") == b"short"
        grown = server.resident_bytes() - before
        assert grown < 400 << 20, f"{grown >> 20} MiB"
        print(f"1,000 slow readers: {grown / 1_000 / 1_024:.0f} KiB each")
    finally:
        for connection in connections:
            connection.close()
    assert no_files_open(server, folder)


def test_a_client_that_pipelines_has_one_file_open_at_a_time(server, folder):
    with server.connect(receive_buffer=4_096) as connection:
        connection.sendall(b"GET /sparse HTTP/1.1\r\nHost: a\r\n\r\n" * 64)
        assert connection.recv(10) == b"HTTP/1.1 2"
        assert curl(server, "/short.txt") == b"short", "all that was sent before has been read by now"
        assert len(files_open(server, folder)) == 1
    assert no_files_open(server, folder)


def test_readers_that_leave_close_their_files(server, folder):
    for _ in range(200):
        with server.connect() as connection:
            connection.sendall(b"GET /sparse HTTP/1.1\r\nHost: a\r\n\r\n" * 3)
    assert no_files_open(server, folder)
