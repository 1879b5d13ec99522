"""The README's examples, built as a package from outside: what they print, and what they answer."""

import asyncio
import json
import queue
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import aiohttp
import pytest
import websockets
from websockets.sync.server import serve

PACKAGE = Path(__file__).resolve().parent.parent / "Consumer"
PORT = 8080


@pytest.fixture(scope="module")
def examples() -> Path:
    build = ["swift", "build", "--package-path", str(PACKAGE)]
    subprocess.run([*build, "--build-tests"], check=True)
    return Path(subprocess.check_output([*build, "--show-bin-path"], text=True).strip())


def output(program: Path) -> list[str]:
    return subprocess.check_output([program], text=True, timeout=60).splitlines()


@contextmanager
def started(program: Path):
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", PORT)) != 0, f"somebody else listens on port {PORT}"
    process = subprocess.Popen([program])
    try:
        deadline = time.monotonic() + 20
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", PORT)) == 0:
                    break
            assert process.poll() is None and time.monotonic() < deadline, "the example does not listen"
            time.sleep(0.01)  # Between two looks; being right does not hang on it.
        yield f"http://127.0.0.1:{PORT}", process
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def serving(program: Path):
    with started(program) as (url, process):
        yield url
        assert process.poll() is None, "the example has ended"


def get(url: str, data: bytes | None = None) -> str:
    with urllib.request.urlopen(urllib.request.Request(url, data), timeout=10) as answer:
        return answer.read().decode()


def test_timer(examples):
    assert output(examples / "Phases") == ["main", "tick", "microtask", "immediate", "timeout"]


def test_ledger(examples):
    """A task that waits for another is told when that is done, and the events alone make the same store."""
    assert output(examples / "FirstLedger") == ["claimed: Design", "ready: Build", "5 events, the same store: true"]


def test_client(examples):
    """Its peer is Python's http.server."""
    class Hello(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            body = f"Hello, {self.path.removeprefix('/hello/')}!".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", PORT), Hello) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            assert output(examples / "Client") == ["200", "Hello, Ada!"]
        finally:
            server.shutdown()


def test_live_events(examples):
    """Its connection is lost once, and then it is told to stay away: what was missed comes, and nothing twice."""
    script = [[{"event": "connection.ready", "epoch": "e", "seq": 4}, {"event": "task.deleted", "seq": 5}],
              [{"event": "connection.ready", "epoch": "e", "seq": 6, "recovered": True},
               {"event": "task.deleted", "seq": 5}, {"event": "task.deleted", "seq": 6}]]
    asked = []

    def handler(connection):
        messages = script[len(asked)]
        asked.append(connection.request.path)
        for message in messages:
            connection.send(json.dumps(message))
        connection.close(1001 if len(asked) == 1 else 3500)

    with serve(handler, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}/"
            lines = subprocess.check_output([examples / "LiveEvents", url], text=True, timeout=60).splitlines()
        finally:
            server.shutdown()
    assert asked == ["/?since=", "/?since=5&epoch=e"]
    assert lines.pop(2).startswith("there is no connection, the next try is in ")
    assert lines.pop() == "back again: recovered(missed: 1)"
    assert [json.loads(line)["seq"] for line in lines] == [4, 5, 6, 6]


def test_queue_worker(examples):
    """It makes a task and does one, of a server that knows two answers; SIGTERM ends it with 0."""
    task = {"id": "7", "title": "email", "status": "pending", "priority": 1, "type": "email", "payload": {"to": "a@b.c"},
            "attempt": 1, "lease": {"fence": 5, "seconds": 30}}
    left, told = [task], queue.Queue()

    class Server(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = task
            if self.path == "/tasks/work":
                told.put(body)
                answer = {"tasks": [left.pop()] if "claim" in body and left else []}
                if "claim" in body and not answer["tasks"]:
                    time.sleep(0.5)
            text = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        program = subprocess.Popen([examples / "QueueWorker", f"http://127.0.0.1:{server.server_address[1]}"],
                                   stdout=subprocess.PIPE, text=True)
        try:
            while "complete" not in (body := told.get(timeout=30)):
                pass
            assert body["complete"] == [{"id": "7", "fence": 5, "result": {"fence": 5}}]
            program.terminate()
            lines = program.communicate(timeout=30)[0].splitlines()
        finally:
            program.kill()
            server.shutdown()
    assert (program.returncode, sorted(lines)) == (0, ["Dear a@b.c", "made email"])


def test_socket(examples):
    assert output(examples / "SocketEcho") == ["connected", "echo: hello"]


def test_worker(examples):
    total = sum(number % 7 for number in range(1, 5_000_001))
    assert output(examples / "Worker") == ["the loop goes on", f"the worker says {total}"]


@pytest.mark.parametrize("kind", ["pipe", "file"])
def test_pipes(examples, tmp_path, kind):
    """What comes in is sorted and goes out, more of it than a pipe holds."""
    lines = [f"{number * 7919 % 100_003:06}" for number in range(100_000)]
    text = "".join(f"{line}\n" for line in lines)
    if kind == "pipe":
        answer = subprocess.run([examples / "Pipes"], input=text, capture_output=True, text=True, timeout=60)
        out = answer.stdout
    else:
        (tmp_path / "in").write_text(text)
        with open(tmp_path / "in") as source, open(tmp_path / "out", "w") as sink:
            answer = subprocess.run([examples / "Pipes"], stdin=source, stdout=sink, timeout=60)
        out = (tmp_path / "out").read_text()
    assert answer.returncode == 0
    assert out.splitlines() == sorted(lines)


def test_http_server(examples):
    with serving(examples / "HTTP") as url:
        assert get(f"{url}/hello/Ada") == "Hello, Ada!\n"
        assert get(f"{url}/echo", b"some bytes") == "some bytes"


def test_cookies_with_curl(examples, tmp_path):
    """What its jar keeps comes back: on the paths, and until it is taken back."""
    jar = tmp_path / "jar"

    def curl(path: str) -> str:
        return subprocess.check_output(["curl", "--silent", "--show-error", "--fail", "--cookie", jar, "--cookie-jar", jar,
                                        f"{url}{path}"], text=True, timeout=20).strip()

    with serving(examples / "Cookies") as url:
        assert [curl(path) for path in ("/visits", "/login/Ada", "/visits", "/visits")] == [
            "stranger: 1", "welcome", "Ada: 1", "Ada: 2"]
        kept = [line.split("\t") for line in jar.read_text().splitlines() if "\t" in line]
        assert {(path, name, value) for _, _, path, _, _, name, value in kept} == {("/", "name", "Ada"), ("/visits", "visits", "2")}
        assert all(line[0].startswith("#HttpOnly_") for line in kept)
        assert [curl("/logout"), curl("/visits")] == ["goodbye", "stranger: 3"]


def test_cookies_with_python(examples):
    """aiohttp's jar, and what http.cookies reads and writes."""
    async def talk(url: str):
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            async def ask(path: str, **options) -> str:
                async with session.get(f"{url}{path}", **options) as answer:
                    return (await answer.text()).strip()

            return [await ask(path) for path in ("/login/Ada", "/visits", "/visits", "/logout", "/visits")]

    with serving(examples / "Cookies") as url:
        assert asyncio.run(talk(url)) == ["welcome", "Ada: 1", "Ada: 2", "goodbye", "stranger: 3"]
        with urllib.request.urlopen(f"{url}/login/Bob", timeout=10) as answer:
            lines = answer.headers.get_all("Set-Cookie")
        cookies = [SimpleCookie(line) for line in lines]
        assert [list(cookie) for cookie in cookies] == [["name"], ["visits"]]
        name, visits = cookies[0]["name"], cookies[1]["visits"]
        assert (name.value, name["path"], name["max-age"], name["httponly"], name["samesite"]) == ("Bob", "/", "3600", True, "Lax")
        assert (visits.value, visits["path"], visits["samesite"]) == ("0", "/visits", "Strict")
        sent = SimpleCookie({"name": "a quoted, one", "visits": "41"}).output(header="", sep=";")
        request = urllib.request.Request(f"{url}/visits", headers={"Cookie": f"malformed; =; {sent}; visits=1"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.read() == b"a quoted\\054 one: 42\n"
        # A space is for the program to encode.
        with pytest.raises(urllib.error.HTTPError) as refused:
            get(f"{url}/login/a%20b")
        assert refused.value.code == 500


def test_async_handler(examples):
    with serving(examples / "AsyncHandler") as url:
        assert get(url, b"12345") == "5 bytes, somebody at home\n"


def test_websocket_echo(examples):
    async def talk(url: str):
        async with websockets.connect(url.replace("http", "ws") + "/here") as client:
            await client.send("hello")
            return [await client.recv(), await client.recv()]

    with serving(examples / "WebSocketEcho") as url:
        assert asyncio.run(talk(url)) == ["Welcome to /here", "hello"]


def test_rooms(examples):
    async def talk(url: str):
        address = url.replace("http", "ws") + "/rooms/%6Eews"
        async with websockets.connect(address) as one, websockets.connect(address) as other:
            await one.send("from one")
            heard = [await other.recv()]
            told = await asyncio.to_thread(get, f"{url}/tell/sun")
            return heard + [await one.recv(), await other.recv(), told]

    with serving(examples / "Rooms") as url:
        assert asyncio.run(talk(url)) == ["from one", "News: sun", "News: sun", "2 told\n"]


def test_chat(examples):
    """Rooms for Python's websockets, JSON for curl, the timer, and an end that says goodbye."""
    def curl(*arguments: str) -> str:
        return subprocess.check_output(["curl", "--silent", "--show-error", "--fail", *arguments], text=True, timeout=20)

    async def hear(client, wanted: str):
        while (message := await client.recv()) != wanted:
            assert message.endswith(" here"), message

    async def talk(url: str, end):
        address = url.replace("http", "ws") + "/rooms"
        async with (websockets.connect(f"{address}/lobby?name=Ada%20L.") as ada,
                    websockets.connect(f"{address}/lobby") as guest, websockets.connect(f"{address}/other") as other):
            await ada.send("hello")
            for client in ada, guest:
                await hear(client, "Ada L.: hello")
            line = json.dumps({"room": "lobby", "name": "curl", "text": "by POST"})
            made = json.loads(await asyncio.to_thread(curl, "--json", line, f"{url}/lines"))
            for client in ada, guest:
                await hear(client, "curl: by POST")
            await hear(other, "3 here")
            end()
            with pytest.raises(websockets.ConnectionClosedOK) as closed:
                while await guest.recv():
                    pass
            return made, closed.value.rcvd

    with started(examples / "Chat") as (url, program):
        assert "<!doctype html>" in curl(url)
        made, closed = asyncio.run(talk(url, program.terminate))
        assert made == {"room": "lobby", "name": "curl", "text": "by POST"}
        assert (closed.code, closed.reason) == (1001, "See you later.")
        assert program.wait(20) == 0


def test_router_without_a_socket(examples):
    """The ten lines of ChatTests, in Swift Testing."""
    run = ["swift", "test", "--skip-build", "--package-path", str(PACKAGE)]
    told = subprocess.run(run, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600)
    assert told.returncode == 0 and "Test linesAreKeptInOrder() passed" in told.stdout, told.stdout
