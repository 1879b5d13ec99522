"""taskflow as an operator meets it: settings, which callers it lets in, what the log says of requests, and its end."""

import contextlib
import itertools
import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from websockets.sync.client import connect

from client import ADMIN, USER, Client, wait_until_ready
from contract import TIMESTAMP, UUID_V7, assert_error
from server import TRACE, Server
from wire import endless_answer, exchange, head, parse_answers, receive, send

ROOT = Path(__file__).resolve().parent.parent.parent
CLEAN = {name: value for name, value in os.environ.items()
         if "TOKEN" not in name.upper() and name != "TASKFLOW_STORE"}


def run(program, *flags: str, folder=None, **environment: str) -> subprocess.CompletedProcess:
    """The program with settings that should end it at once."""
    result = subprocess.run([program.binary, "--port", "0", *program.flags, *flags], capture_output=True, timeout=20,
                            cwd=folder, env=CLEAN | environment)
    result.stderr = result.stderr.decode()
    assert not TRACE.search(result.stderr)
    return result


# Flags


def test_the_version_is_that_of_the_changelog(taskflow_program):
    result = run(taskflow_program, "--version")
    newest = re.search(r"^## (\S+) - (Unreleased|\d{4}-\d\d-\d\d)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)[1]
    assert result.returncode == 0 and result.stdout.decode() == f"taskflow {newest}\n" and result.stderr == ""


@pytest.mark.parametrize("description", ["openapi.json", "asyncapi.json"])
def test_the_version_is_that_of_the_descriptions(taskflow_program, description):
    described = json.loads((ROOT / "docs" / description).read_text())["info"]["version"]
    assert run(taskflow_program, "--version").stdout.decode() == f"taskflow {described}\n"


@pytest.mark.parametrize("text", ["3", "0", "500ms", "30s", "1m", "1h", "0.5", "1.5s", "3600"])
def test_a_duration_has_a_unit_or_is_of_seconds(taskflow_program, text):
    with taskflow_program.start("--grace", text, "--drain", "0") as server:
        assert Client(server).get("/health").status == 200


@pytest.mark.parametrize("flag", ["--grace", "--drain"])
@pytest.mark.parametrize("text", ["-1", " ", "3 s", "3S", "3sec", "1h1m", "1e2", "inf", "nan", "0x3", "3601", "61m", "2h", "1d",
                                  "9999999999999999999", "٣"])
def test_another_duration_is_refused_with_code_64(taskflow_program, flag, text):
    result = run(taskflow_program, f"{flag}={text}")
    assert result.returncode == 64 and result.stderr.startswith(f"Error: {flag} is a duration from 0 to 1h: ")


@pytest.mark.parametrize("port", ["99999", "65536", "+80", "-1", " ", " 80", "80 ", "0x50", "eighty", "8_0", "٣", "000080"])
def test_what_is_no_port_is_refused_with_code_64_and_what_is_one_is_said(taskflow_program, port):
    result = subprocess.run([taskflow_program.binary, f"--port={port}"], capture_output=True, timeout=20, env=CLEAN)
    assert result.returncode == 64
    assert result.stderr.startswith(b"Error: --port is a number from 0 to 65535, such as 3000")


@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_what_cannot_be_written_is_no_success(taskflow_program, flag):
    with open("/dev/full", "wb") as full:
        result = subprocess.run([taskflow_program.binary, flag], stdout=full, stderr=subprocess.PIPE, timeout=20)
    assert result.returncode == 1 and b"No space left" in result.stderr
    assert run(taskflow_program, flag).returncode == 0


def test_the_help_says_what_drain_and_grace_do(taskflow_program):
    text = " ".join(run(taskflow_program, "--help").stdout.decode().split())
    assert "GET /ready is 503" in text and "Then it stops listening." in text
    assert "Connections that are open then are ended." in text


@pytest.mark.parametrize("origin", [
    "http://user@example.org", "http://example.org/path", "http://example.org/", "http://example.org?q", "http://example.org#f",
    "http://example.org:0", "http://example.org:65536", "http://example.org:http", "http://example.org:", "http://bücher.example",
    "http://127.1", "http://[::1", "ws://example.org", "http:/example.org", "http://exa mple.org", "null", "*",
])
def test_what_no_browser_sends_is_refused_with_code_64(taskflow_program, origin):
    result = run(taskflow_program, "--origin", origin)
    lines = result.stderr.splitlines()
    assert result.returncode == 64 and lines[0].startswith("Error: --origin is the origin of a page, such as ")


@pytest.mark.parametrize("written, sent", [
    ("http://example.org:80", "http://example.org"), ("https://example.org:443", "https://example.org"),
    ("HTTP://EXAMPLE.org:8080", "http://example.org:8080"), ("http://example.org:0443", "http://example.org:443"),
    ("http://[0:0:0:0:0:0:0:1]:80", "http://[::1]"), ("http://xn--bcher-kva.example", "http://xn--bcher-kva.example"),
])
def test_an_origin_is_what_a_browser_sends(taskflow_program, written, sent):
    with taskflow_program.start("--origin", written) as server:
        admin = Client(server)
        assert admin.ask("POST", "/tasks", {"title": "x"}, f"Origin: {sent}").status == 201
        if written != sent:
            admin.refused(403, "FORBIDDEN_ORIGIN", "POST", "/tasks", {"title": "x"}, f"Origin: {written}")


@pytest.mark.parametrize("host", ["", " ", "127.0.0.1:80", "http://127.0.0.1", "[::1]:80", "a/b", "a b", "user@localhost", "*"])
def test_what_cannot_be_listened_on_is_refused_with_code_64(taskflow_program, host):
    result = run(taskflow_program, "--host", host)
    assert result.returncode == 64 and result.stderr.startswith("Error: --host is an address or a name, ")


@pytest.mark.parametrize("host", ["LOCALHOST", "127.0.0.2", "::1", "[::1]", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"])
def test_an_address_of_this_machine_is_one_however_it_is_written(taskflow_program, host):
    if ":" in host and not os.path.exists("/proc/net/if_inet6"):
        pytest.skip("no IPv6 here")
    with subprocess.Popen([taskflow_program.binary, "--port", "0", "--host", host, *taskflow_program.flags],
                          stderr=subprocess.PIPE, env=CLEAN) as process:
        try:
            url = re.search(r"Listening on (\S+)", process.stderr.readline().decode())[1]
            # A browser writes the last two numbers of an IPv6 address as it does the others.
            page = {"Authorization": f"Bearer {ADMIN}", "Origin": url.replace("::ffff:127.0.0.1", "::ffff:7f00:1")}
            with urllib.request.urlopen(urllib.request.Request(f"{url}/tasks", b'{"title":"x"}', page), timeout=15) as answer:
                assert answer.status == 201, "a page of the URL that it writes may change tasks"
        finally:
            process.terminate()
    assert process.returncode == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "[::]", "0", "127.example.invalid", "::ffff:0.0.0.0"])
def test_no_other_address_is_for_development(taskflow_program, host):
    result = run(taskflow_program, "--host", host)
    assert result.returncode == 1 and result.stderr.count("\n") == 1, result.stderr


# The file .env


MARK = b"\xef\xbb\xbf"
GOOD = [
    MARK + b"ADMIN_TOKEN=my-own-admin-token-0001\n", b"\tADMIN_TOKEN=my-own-admin-token-0001\r\n",
    MARK + b"# mine\r\nexport ADMIN_TOKEN='my-own-admin-token-0001'\r\n", b"A=1\rADMIN_TOKEN=my-own-admin-token-0001",
]


@pytest.mark.parametrize("content", GOOD)
def test_a_file_as_editors_write_it_sets_the_token(taskflow_program, tmp_path, content):
    (tmp_path / ".env").write_bytes(content)
    with taskflow_program.start(cwd=tmp_path, env=CLEAN) as server:
        assert Client(server, ADMIN).get("/tasks/count").status == 401
        assert Client(server, "my-own-admin-token-0001").get("/tasks/count").status == 200
    assert "Development" not in server.output()


SECRET = "my-own-admin-token-0001"
BAD = {
    1: [f"ADMIN_TOKEN: {SECRET}", f"ADMIN-TOKEN={SECRET}", f"\u00a0ADMIN_TOKEN={SECRET}", f"ADMIN_TOKEN = {SECRET}",
        f"ADMIN_TOKEN=\"{SECRET}", f"“ADMIN_TOKEN={SECRET}”", f"set ADMIN_TOKEN={SECRET}", SECRET, f"\ufeff\ufeffADMIN_TOKEN={SECRET}",
        f"admin_token={SECRET}", f"Admin_Token={SECRET}", f"ADMINTOKEN={SECRET}", f"ADMIN_TOKN={SECRET}", "\0"],
    3: [f"# mine\n\nADMIN_TOKEN {SECRET}", f"\ufeffA=b\r\nC=d\r\nUSER_TOKEM={SECRET}\r\n"],
}


@pytest.mark.parametrize("line, text", [(line, text) for line, texts in BAD.items() for text in texts])
def test_a_line_that_is_nearly_right_ends_the_start(taskflow_program, tmp_path, line, text):
    (tmp_path / ".env").write_text(text, newline="")
    result = run(taskflow_program, folder=tmp_path)
    assert result.returncode == 1 and result.stderr.count("\n") == 1, result.stderr
    assert f"Line {line} of .env " in result.stderr and SECRET not in result.stderr


@pytest.mark.parametrize("text, right", [
    (f"ADMIN_TOKEN = {SECRET}", "write NAME=VALUE"), (f"ADMIN_TOKEN=\"{SECRET}", "write NAME=\"VALUE\""),
    (f"ADMIN_TOKN={SECRET}", "write ADMIN_TOKEN=VALUE"),
])
def test_a_line_that_is_nearly_right_is_told_with_what_is_right(taskflow_program, tmp_path, text, right):
    (tmp_path / ".env").write_text(text)
    assert right in run(taskflow_program, folder=tmp_path).stderr


def test_a_name_that_is_set_twice_is_told(taskflow_program, tmp_path):
    (tmp_path / ".env").write_text(f"USER_TOKEN=u{SECRET}\nADMIN_TOKEN=first-admin-token-01\nUSER_TOKEN={SECRET}\n")
    with taskflow_program.start(cwd=tmp_path, env=CLEAN) as server:
        assert Client(server, SECRET).get("/tasks/count").status == 200
        output = server.stop()
    assert "Line 3 of .env sets the name that line 1 has set: the last one counts." in output and SECRET not in output


@pytest.mark.parametrize("text", [
    f"ADMIN_TOKEN=\u00a0{SECRET}", f"ADMIN_TOKEN=“{SECRET}”", f"ADMIN_TOKEN={SECRET}\u200b", "ADMIN_TOKEN=", "ADMIN_TOKEN=''",
    f"ADMIN_TOKEN={SECRET} x", f"ADMIN_TOKEN={SECRET}\nADMIN_TOKEN=",
])
def test_a_value_that_is_no_token_ends_the_start(taskflow_program, tmp_path, text):
    (tmp_path / ".env").write_text(text)
    result = run(taskflow_program, folder=tmp_path)
    assert result.returncode == 1 and "ADMIN_TOKEN is 1 to 256 of" in result.stderr and SECRET not in result.stderr
    value = text.rpartition("=")[2]
    assert "ADMIN_TOKEN is 1 to 256 of" in run(taskflow_program, ADMIN_TOKEN=value).stderr


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_ends_the_start(taskflow_program, tmp_path, encoding):
    (tmp_path / ".env").write_text(f"ADMIN_TOKEN={SECRET}\n", encoding=encoding)
    result = run(taskflow_program, folder=tmp_path)
    assert result.returncode == 1 and "Line 1 of .env" in result.stderr and result.stderr.count("\n") == 1


def test_a_file_that_cannot_be_read_ends_the_start(taskflow_program, tmp_path):
    (tmp_path / ".env").symlink_to(".env")
    assert "Cannot read .env" in run(taskflow_program, folder=tmp_path).stderr
    (tmp_path / ".env").unlink()
    (tmp_path / ".env").write_bytes(b"#" * 65_537)
    result = run(taskflow_program, folder=tmp_path)
    assert result.returncode == 1 and "Cannot read .env" in result.stderr


@pytest.mark.parametrize("name", ["admin_token", "User_Token", "ADMIN_TOKENS"])
def test_a_variable_that_is_nearly_named_so_ends_the_start(taskflow_program, name):
    result = run(taskflow_program, **{name: SECRET})
    assert result.returncode == 1 and result.stderr.count("\n") == 1 and SECRET not in result.stderr
    with taskflow_program.start(env=CLEAN | {name: "x", "ADMIN_TOKEN": SECRET, "USER_TOKEN": "u" * 20}) as server:
        assert Client(server, SECRET).get("/tasks/count").status == 200


@pytest.mark.parametrize("content", [b"", b"\n", MARK, b"# nothing yet\n", b"DATABASE_URL=x\n"])
def test_a_file_without_tokens_is_development_and_says_so(taskflow_program, tmp_path, content):
    (tmp_path / ".env").write_bytes(content)
    with taskflow_program.start(cwd=tmp_path, env=CLEAN) as server:
        assert Client(server).get("/tasks/count").status == 200
        assert "The file .env sets neither ADMIN_TOKEN nor USER_TOKEN" in server.stop()


def test_a_server_that_no_client_can_change_says_so(taskflow_program):
    for variables, who in (
            ({"USER_TOKEN": SECRET}, "no client"), ({"WORKER_TOKEN": SECRET}, "none but workers"), ({"ADMIN_TOKEN": SECRET}, None),
            ({}, None)):
        with taskflow_program.start(env=CLEAN | variables) as server:
            said = re.findall("ADMIN_TOKEN is not set, so (.+) can change anything.", server.stop())
            assert said == ([who] if who else []), variables


def test_a_token_of_the_documentation_is_warned_of(taskflow_program):
    with taskflow_program.start("--admin-token", ADMIN) as server:
        assert server.says("one of those of the documentation")


# The store


def start_where(program, folder, *flags: str, **environment: str) -> Server:
    """A server that is told by these flags alone where its tasks are."""
    return Server(program.binary, *flags, certificates=program.certificates, cwd=folder, env=CLEAN | environment)


def test_the_store_comes_from_the_environment_and_the_file_and_a_flag_wins(taskflow_program, tmp_path):
    (tmp_path / ".env").write_text("TASKFLOW_STORE='sqlite:of the file.db'\n")
    for environment, flags, named in (
            ({}, (), "of the file.db"), ({"TASKFLOW_STORE": "sqlite:given.db"}, (), "given.db"),
            ({"TASKFLOW_STORE": "sqlite:given.db"}, ("--store", "sqlite:flag.db"), "flag.db")):
        with start_where(taskflow_program, tmp_path, *flags, **environment) as server:
            wait_until_ready(server)
            Client(server).create("kept")
            assert server.says(f"from {named} in")
        result = subprocess.run([taskflow_program.binary, "check", *flags], cwd=tmp_path, env=CLEAN | environment,
                                capture_output=True, text=True, timeout=20)
        assert result.returncode == 0 and result.stdout.startswith(f"{named}: 1 task, "), result
    (tmp_path / ".env").unlink()
    with start_where(taskflow_program, tmp_path) as server:
        assert server.says("from taskflow.db in")


@pytest.mark.parametrize("words", [(), ("export", "tasks.ndjson"), ("import", "-"), ("check",), ("backup", "copy.db")],
                         ids=" ".join)
@pytest.mark.parametrize("text", ["", "memory:", "sqlite", f"redis://:{SECRET}@", f"redis://{SECRET}@host"])
def test_a_store_that_is_none_is_code_64_and_its_text_is_told_nowhere(taskflow_program, tmp_path, words, text):
    (tmp_path / ".env").write_text(f"TASKFLOW_STORE={text}\n")
    for environment in ({}, {"TASKFLOW_STORE": text}):
        result = subprocess.run([taskflow_program.binary, *words], cwd=tmp_path, env=CLEAN | environment,
                                capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=20)
        assert result.returncode == 64 and result.stdout == "", result
        assert result.stderr.startswith("Error: TASKFLOW_STORE is ") and SECRET not in result.stderr
        assert [file.name for file in tmp_path.iterdir()] == [".env"]


def test_a_name_that_is_nearly_that_of_the_store_is_code_64(taskflow_program, tmp_path):
    for environment in ({"TASKFLOW_STORES": SECRET}, {"taskflow_store": SECRET}):
        result = subprocess.run([taskflow_program.binary, "--port", "0"], cwd=tmp_path, env=CLEAN | environment,
                                capture_output=True, text=True, timeout=20)
        assert result.returncode == 64 and "TASKFLOW_STORE" in result.stderr and SECRET not in result.stderr


def test_a_command_beside_a_file_that_cannot_be_read_does_nothing(taskflow_program, tmp_path):
    (tmp_path / ".env").write_text(f"TASKFLOW_STORE = redis://:{SECRET}@host\n")
    result = subprocess.run([taskflow_program.binary, "import", "-"], cwd=tmp_path, env=CLEAN, capture_output=True,
                            text=True, stdin=subprocess.DEVNULL, timeout=20)
    assert result.returncode == 1 and result.stderr.startswith("Error: Line 1 of .env ") and SECRET not in result.stderr
    assert [file.name for file in tmp_path.iterdir()] == [".env"]


# What the log says of requests


def entries(output: str, message: str = "") -> list[dict]:
    found = [entry for entry in map(json.loads, output.splitlines()) if message in entry["message"] and "method" in entry]
    # Where the tasks have to be read first, the start asks whether they are.
    return list(itertools.dropwhile(lambda entry: entry["path"] == "/ready", found))


@contextlib.contextmanager
def logging(program, *flags):
    with program.start("--access-log", "--log-format", "json", *flags) as server:
        yield server


def test_a_request_has_a_line_with_numbers(taskflow_program):
    with logging(taskflow_program) as server:
        admin = Client(server)
        admin.create("x")
        admin.ask("GET", "/tasks?limit=1&secret=query", None, "X-Request-Id: mine")
        Client(server, USER).ask("HEAD", "/tasks")
        Client(server, None).get("/t%61sks")
        admin.get("/demo/stream/csv?count=1000")
        exchange(server, b"NONSENSE\r\n\r\n")
        exchange(server, head("POST", "/tasks", f"Authorization: {ADMIN}", "Content-Length: 2000000"))
        exchange(server, head("GET", "/health", "Expect: more", "Connection: close"))
        output = server.stop()
    found = entries(output)
    shown = [(entry["method"], entry["path"], entry["status"], entry["role"]) for entry in found]
    assert shown == [
        ("POST", "/tasks", 201, "admin"), ("GET", "/tasks", 422, "admin"), ("HEAD", "/tasks", 200, "user"),
        ("GET", "/t%61sks", 401, "none"), ("GET", "/demo/stream/csv", 200, "none"), ("-", "-", 400, "none"),
        ("POST", "/tasks", 413, "admin"), ("GET", "/health", 417, "none")]
    for entry in found:
        assert entry["level"] == "info" and TIMESTAMP.fullmatch(entry["timestamp"])
        assert type(entry["microseconds"]) is int and entry["microseconds"] > 0 and type(entry["bytes"]) is int
        assert re.fullmatch(r"127\.0\.0\.1:\d+", entry["address"])
        assert UUID_V7.fullmatch(entry["requestId"]) or entry["requestId"] == "mine"
    assert [entry["bytes"] for entry in found][2] == 0 and found[4]["bytes"] > 100_000 and found[1]["bytes"] > 100
    assert "secret" not in output.replace(ADMIN, "").replace(USER, "") and ADMIN not in output.partition("Listening")[2].partition("\n")[2].replace("secret-admin-123 and", "")


def test_bytes_are_those_of_the_body(taskflow_program):
    with logging(taskflow_program) as server:
        answers = [Client(server).get(path) for path in ("/tasks", "/nowhere", "/demo/stream/ndjson?count=100", "/")]
        found = entries(server.stop())
    assert [entry["bytes"] for entry in found[:2]] == [len(answers[0].body), len(answers[1].body)]
    assert found[3]["bytes"] == len(answers[3].body) and found[2]["bytes"] == len(answers[2].body)


def test_a_client_that_goes_away_is_aborted(taskflow_program):
    with logging(taskflow_program) as server:
        with server.connect() as connection:
            send(connection, head("GET", "/demo/stream/csv?count=300000"))
            assert connection.recv(1) == b"H"
        assert server.says("/demo/stream/csv")
        entry, = entries(server.output())
    assert entry["aborted"] is True and entry["status"] == 200 and 0 < entry["bytes"] < 90_000_000


@pytest.mark.parametrize("leave", ["close", "end"])
def test_work_that_is_given_up_has_a_line_without_an_answer(taskflow_program, leave):
    with logging(taskflow_program) as server, server.connect() as connection:
        send(connection, head("GET", "/demo/cpu/worker/run?iterations=1000000000"))
        admin = Client(server)
        while json.loads(admin.get("/tasks/reports/stats").body)["active"] == 0:
            pass
        if leave == "end":
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(1) == b"", "no answer"
        else:
            connection.close()
        while json.loads(admin.get("/tasks/reports/stats").body)["active"] > 0:
            pass
        found = [entry for entry in entries(server.stop()) if entry["path"] == "/demo/cpu/worker/run"]
    assert [(entry["status"], entry["bytes"], entry["aborted"]) for entry in found] == [(0, 0, True)]


@pytest.mark.parametrize("end", ["the grace is over", "a second signal", "a second signal while it drains"])
def test_an_answer_that_is_cut_off_has_a_line(taskflow_program, end):
    flags = {"the grace is over": ("--grace", "200ms", "--drain", "0"), "a second signal": ("--grace", "1m", "--drain", "0"),
             "a second signal while it drains": ("--grace", "1m", "--drain", "1m")}[end]
    with logging(taskflow_program, *flags) as server, contextlib.ExitStack() as clients:
        for _ in range(3):
            clients.enter_context(endless_answer(server))
        server.signal(signal.SIGTERM)
        assert server.says("Stopping on")
        if end != "the grace is over":
            server.signal(signal.SIGINT)
        assert server.wait(5) == 0
        found = entries(server.output())
    assert [entry["path"] for entry in found] == ["/demo/stream/ndjson"] * 3
    assert all(entry["aborted"] is True and entry["status"] == 200 and entry["bytes"] > 0 for entry in found)


def test_a_websocket_has_a_line_when_it_opens_and_one_when_it_ends(taskflow_program):
    with logging(taskflow_program) as server:
        with connect(f"ws://127.0.0.1:{server.port}/ws/tasks?rooms=a", additional_headers={"Authorization": USER}) as socket:
            socket.recv()
            assert server.says("/ws/tasks")
            opened, = entries(server.output(), "WebSocket")
            socket.close(3456)
        output = server.stop()
    first, last = entries(output, "WebSocket")
    assert first == opened and (first["method"], first["path"], first["status"]) == ("GET", "/ws/tasks", 101)
    assert first["role"] == last["role"] == "user" and first["address"] == last["address"]
    assert last["closeCode"] == 3456 and last["bytes"] > first["bytes"] and last["microseconds"] >= first["microseconds"]
    assert first["requestId"] == last["requestId"] and "rooms" not in output


def test_without_the_flag_there_are_no_lines(taskflow_program):
    for flags in ([], ["--access-log", "--log-level", "notice"]):
        with taskflow_program.start("--log-format", "json", *flags) as server:
            Client(server).get("/health")
            assert entries(server.stop()) == []


def test_text_lines_hold_no_orders_for_a_terminal(taskflow_program):
    with taskflow_program.start("--access-log") as server:
        for byte in (b"\xc2\x9b31m", b"\xe2\x80\xae", b"\xe2\x80\xa8", b"\xff"):
            exchange(server, b"GET /" + byte + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        output = server.stop()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]", output), output


# What the log says of refusals


def refusals(output: str) -> list[dict]:
    return [entry for entry in map(json.loads, output.splitlines()) if entry["message"].startswith("Refused ")]


def test_refused_tokens_and_origins_are_counted_once_a_second(taskflow_program):
    with taskflow_program.start("--log-format", "json", "--admin-token", "a" * 20) as server:
        started = time.monotonic()
        request = head("GET", "/tasks", "Authorization: Bearer wrong-token-0000") * 200
        exchange(server, request + head("POST", "/tasks", "Origin: http://x.example", "Content-Length: 0", "Connection: close"))
        exchange(server, head("GET", "/tasks", "Connection: close"))
        exchange(server, head("GET", "/ws/tasks", "Sec-WebSocket-Protocol: taskflow.bearer.wrong-token-0000", "Connection: close"))
        seconds = time.monotonic() - started
        server.signal(signal.SIGTERM)
        assert server.wait(10) == 0
        output = server.output()
    lines = refusals(output)
    assert sum(line.get("tokens", 0) for line in lines) == 201, "a request without a token shows none that could be wrong"
    assert sum(line.get("origins", 0) for line in lines) == 1 and sum(line["count"] for line in lines) == 202
    assert 2 <= len(lines) <= seconds + 3 and all(line["level"] == "notice" for line in lines)
    assert [line["origin"] for line in lines if "origins" in line] == ["http://x.example"]
    assert lines[0]["count"] == 1 and lines[0]["address"].startswith("127.0.0.1:") and "wrong" not in output


def test_a_foreign_host_is_counted(taskflow_program):
    with taskflow_program.start("--log-format", "json") as server:
        exchange(server, head("GET", "/health", "Connection: close", host="x.example"))
        assert refusals(server.stop())[0]["hosts"] == 1


# Ready, and the end


def test_ready_needs_no_token(taskflow_program):
    with taskflow_program.start("--admin-token", "a" * 20) as server:
        answer = Client(server, None).get("/ready")
        ready = json.loads(answer.body)
        assert answer.status == 200 and ready["status"] == "ready" and ready["requestId"] == answer["X-Request-Id"]
        assert Client(server, None).ask("HEAD", "/ready").status == 200
        assert Client(server, None).ask("POST", "/ready").status == 405


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_while_it_drains_it_is_healthy_and_not_ready(taskflow_program, number):
    with taskflow_program.start("--drain", "1h") as server:
        server.signal(number)
        deadline = time.monotonic() + 10
        while Client(server).get("/ready").status == 200 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert_error(Client(server, None).get("/ready"), 503, "SERVICE_UNAVAILABLE")
        assert Client(server, None).get("/health").status == 200 and Client(server).create("still")["title"] == "still"
        with connect(f"ws://127.0.0.1:{server.port}/ws/tasks") as listener:
            assert json.loads(listener.recv())["event"] == "connection.ready"
            server.signal(number)
            assert server.wait(10) == 0


def test_the_drain_has_an_end(taskflow_program):
    with taskflow_program.start("--drain", "300ms") as server:
        started = time.monotonic()
        server.signal(signal.SIGTERM)
        assert server.wait(10) == 0 and time.monotonic() - started >= 0.3


def test_a_request_that_had_begun_hears_that_it_is_not_ready(taskflow_program):
    with taskflow_program.start() as server, server.connect() as connection:
        send(connection, head("GET", "/ready")[:-2])
        exchange(server, head("GET", "/health", "Connection: close"))  # Behind it: the half head has been read.
        server.signal(signal.SIGTERM)
        # A connection that waits to be accepted when listening ends is reset; the next one is refused.
        with pytest.raises((ConnectionRefusedError, ConnectionResetError)):
            while True:
                server.connect().close()
        send(connection, b"\r\n")
        answer, = parse_answers(receive(connection)[0])
        assert_error(answer, 503, "SERVICE_UNAVAILABLE")
        assert server.wait(10) == 0


def test_a_hang_up_ends_it_with_code_0(taskflow_program):
    with taskflow_program.start() as server:
        server.signal(signal.SIGHUP)
        assert server.wait(10) == 0 and "Stopping on SIGHUP" in server.output()


def test_under_nohup_a_hang_up_is_ignored(taskflow_program):
    with taskflow_program.start(preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)) as server:
        server.signal(signal.SIGHUP)
        assert Client(server).get("/ready").status == 200
        server.signal(signal.SIGTERM)
        assert server.wait(10) == 0 and "SIGHUP" not in server.output()


# The routes that show how not to do it


@pytest.mark.parametrize("method, path", [
    ("POST", "/tasks/memory/leak?count=1"), ("GET", "/tasks/reports/blocking?iterations=1"), ("GET", "/demo/cpu/ping"),
    ("POST", "/demo/memory/leak?count=1"), ("GET", "/demo/cpu/blocking?iterations=1")])
def test_it_is_there_in_development_or_with_the_flag_alone(taskflow_program, method, path):
    for flags, wanted in (([], True), (["--admin-token", SECRET, "--demo"], True), (["--admin-token", SECRET], False)):
        with taskflow_program.start(*flags, env=CLEAN) as server:
            answer = Client(server, SECRET if flags else ADMIN).ask(method, path)
            assert answer.status in (200, 201) if wanted else answer.status == 404, (flags, answer)


def test_what_is_bounded_is_there_for_the_admin(taskflow_program):
    with taskflow_program.start("--admin-token", SECRET) as server:
        admin = Client(server, SECRET)
        assert admin.ask("POST", "/tasks/memory/safe?count=1").status == 201
        assert admin.ask("POST", "/tasks/memory/clear").status == 200
        assert admin.get("/tasks/reports/worker-run?iterations=1").status == 200


def test_the_loop_says_what_its_delay_means(taskflow):
    answer = Client(taskflow).json("/tasks/system/loop")
    assert answer["delayMs"]["resolution"] == 20 and "an idle loop shows 20" in answer["delayMeaning"]
