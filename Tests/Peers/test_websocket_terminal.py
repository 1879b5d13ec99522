"""The program websocket-client, against a server of Python's websockets: what it prints, and when it comes back."""

import json
import os
import queue
import random
import re
import signal
import socket
import subprocess
import threading
import time
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.sync.server import serve
from websockets.utils import accept_key

from client import Client, wait_until_ready
from server import free_port
from shown import Shown

TASK = {"id": "abc-123", "title": "WebSocket test", "description": "", "status": "pending", "priority": 5,
        "dependencies": [], "project": None}
READY = {"event": "connection.ready", "clientId": "ws-1", "rooms": ["tasks"], "heartbeat": 30}


def event(name: str = "task.created", **fields) -> str:
    return json.dumps({"event": name, "seq": 1, "task": TASK | fields})


@contextmanager
def serving(handler, port: int = 0, **options):
    """A server that calls `handler` with each connection, in a thread of its own; its URL."""
    with serve(handler, "127.0.0.1", port, **options) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}/ws/tasks"
        finally:
            server.shutdown()
            thread.join()


def stay(connection):
    """Until the client has gone."""
    for _ in connection:
        pass


def sending(*messages):
    def handler(connection):
        for message in messages:
            connection.send(message)
        stay(connection)
    return handler


# What it prints


def test_it_prints_what_the_seed_shows(websocket_client):
    with serving(sending(json.dumps(READY), event())) as url, Shown(websocket_client, url).read() as shown:
        shown.is_connected(url)
        assert shown.line() == "Event: task.created"
        assert shown.line() == (
            "Task: { id: 'abc-123', title: 'WebSocket test', priority: 5, status: 'pending', project: null }")


def test_each_event_is_written_at_once_and_in_one_piece(websocket_client):
    """A pipe's reader sees both lines of an event before the next event is sent."""
    turns = threading.Semaphore(0)

    def handler(connection):
        for number in range(20):
            assert turns.acquire(timeout=15)
            connection.send(event("task.updated", priority=number))
        stay(connection)

    with serving(handler) as url, Shown(websocket_client, url) as shown:
        pipe = shown.process.stdout.fileno()
        assert os.read(pipe, 65_536).decode() == f"Connected to {url}\nWaiting for events...\n"
        for number in range(20):
            turns.release()
            lines = os.read(pipe, 65_536).decode()
            assert lines.startswith("Event: task.updated\nTask: { id: ") and f"priority: {number}," in lines
            assert lines.endswith(" }\n")


def test_only_task_events_are_shown(websocket_client):
    messages = [
        "not JSON", "[]", "{}", '"task.created"', json.dumps(READY), json.dumps({"event": "error", "code": "X"}),
        json.dumps({"event": "task.created"}), json.dumps({"event": "task.created", "task": None}),
        json.dumps({"event": "task.created", "task": {"title": "no id"}}), json.dumps({"event": 5, "task": TASK}),
        event("taskforce.created"), b"\x00\xff", event("task.updated", project="p-1"),
        event("task.moved", status="in-progress"), json.dumps({"event": "task.deleted", "task": {"id": "abc-123"}}),
    ]
    with serving(sending(*messages)) as url, Shown(websocket_client, url).read() as shown:
        shown.is_connected(url)
        start = "{ id: 'abc-123', title: 'WebSocket test', priority: 5, status: "
        assert [shown.line() for _ in range(6)] == [
            "Event: task.updated", f"Task: {start}'pending', project: 'p-1' }}",
            "Event: task.moved", f"Task: {start}'in-progress', project: null }}",
            "Event: task.deleted", "Task: { id: 'abc-123' }"]


# Where Node chooses between quotes, escapes, and leaves alone; its hexadecimal digits are capital letters.
INSPECT = r"""
const { inspect } = require('node:util');
const titles = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const shown = titles.map((title) => inspect({ id: 'x', title, priority: 5, status: 'pending', project: title.slice(0, 9) },
  { breakLength: Infinity, maxStringLength: null })
  .replace(/\\(\\|x[0-9A-F]{2})/g, (escape) => escape.toLowerCase()));
process.stdout.write(JSON.stringify(shown));
"""
PIECES = [*map(chr, range(0xA1)), "'", '"', "`", "$", "{", "${", "\\", "\\x1B", "\r\n", "e\u0301", "'\u0301", "\"\u0301",
          "`\u0301", "é", "✓", "👩‍👩‍👧", "\u2028", "\ufeff", "\u200b", "日本", "\U0010ffff", "\u0600'", "\u200d'", "'\ufe0f"]


def test_quoting_is_nodes(websocket_client):
    seed = 7
    randomly = random.Random(seed)
    titles = ["", *PIECES, "it's", 'it\'s "quoted"', 'it\'s "quoted" `so`', 'it\'s "quoted" ${so}']
    titles += ["".join(randomly.choices(PIECES, k=randomly.randint(1, 12))) for _ in range(3000)]
    expected = json.loads(subprocess.check_output(["node", "-e", INSPECT], input=json.dumps(titles).encode()))
    # Node counts UTF-16 units; what it slices off a character is not to be compared.
    pairs = [(title, text) for title, text in zip(titles, expected) if "\\ud" not in text.lower()]
    messages = [event(id="x", title=title, project=title.encode("utf-16-le")[:18].decode("utf-16-le", "ignore"))
                for title, _ in pairs]
    with serving(sending(*messages)) as url, Shown(websocket_client, url).read() as shown:
        shown.is_connected(url)
        wrong = [(title, got, text) for title, text in pairs if (got := shown.task()) != text]
        assert not wrong, f"seed {seed}: {len(wrong)} differ: {wrong[:5]}"


@pytest.mark.parametrize("title, shown_as", [
    ("x" * 200, "x" * 200), ("x" * 201, "x" * 200 + "…"), ("é" * 500, "é" * 200 + "…"),
    ("a" + "\u0301" * 32_768, "a" + "\u0301" * 199 + "…"), ("👩‍👩‍👧" * 100, "👩‍👩‍👧" * 40 + "…")])
def test_a_string_over_200_scalars_is_cut(websocket_client, title, shown_as):
    """Not over 200 characters: one of them may be as long as a message."""
    with serving(sending(event(title=title))) as url, Shown(websocket_client, url).read() as shown:
        shown.is_connected(url)
        assert shown.task().split("'")[3] == shown_as


# C0, DEL, C1, and what turns a line around.
HOSTILE = "\x1b[2J\x9b2J\x07\x7f\r\n\0\u0085\u061c\u200e\u200f\u202a\u202e\u2066\u2069"


def test_no_byte_of_a_message_gives_the_terminal_an_order(websocket_client):
    fields = dict(id=HOSTILE, title=HOSTILE, status=HOSTILE, project=HOSTILE)
    messages = [event(f"task.{HOSTILE}", **fields), event("task.deleted", **fields),
                json.dumps({"event": "task.updated", "task": TASK, "changes": [HOSTILE, "a" * 300, 5]})]
    with serving(sending(*messages)) as url, Shown(websocket_client, url).read() as shown:
        shown.is_connected(url)
        lines = [shown.line() for _ in range(7)]
        assert all(character.isprintable() for line in lines for character in line), lines
        assert lines[6].startswith("Changes: \\x1b[2J") and lines[6].endswith("a" * 200 + "…")


def test_no_reason_of_a_close_gives_the_terminal_an_order(websocket_client):
    with serving(lambda connection: connection.close(3500, HOSTILE)) as url, \
            Shown(websocket_client, url).read() as shown:
        shown.is_connected(url)
        line = shown.notice()
        assert line.startswith("Connection closed (3500: \\x1b[2J\\x9b2J") and line.isprintable()


@pytest.mark.parametrize("arguments", [["ws://\x1b[2J/"], ["ws://a/\u009b"], ["--no\x1b[2J"], ["ws://a/", "\u202eb"]])
def test_no_argument_gives_the_terminal_an_order(websocket_client, arguments):
    result = subprocess.run([websocket_client, *arguments], capture_output=True, timeout=15)
    assert result.returncode == 64 and not result.stdout
    assert all(line.isprintable() for line in result.stderr.decode().split("\n"))


@pytest.mark.parametrize("message, line", [
    ({"event": "task.updated", "task": TASK, "changes": ["title", "status"]}, "Changes: title, status"),
    ({"event": "task.moved", "task": TASK, "from": 5, "to": -9}, "Changes: priority from 5 to -9"),
    ({"event": "task.updated", "task": TASK, "changes": [str(n) for n in range(25)]},
     "Changes: " + ", ".join(map(str, range(20))) + ", …"),
    ({"event": "task.updated", "task": TASK, "changes": []}, None),
    ({"event": "task.updated", "task": TASK, "changes": "title"}, None), ({"event": "task.created", "task": TASK}, None)])
def test_it_says_what_changed(websocket_client, message, line):
    with serving(sending(json.dumps(message), event("task.last"))) as url, \
            Shown(websocket_client, url).read() as shown:
        shown.is_connected(url)
        assert shown.line() == f"Event: {message['event']}" and shown.line().startswith("Task: ")
        if line:
            assert shown.line() == line
        assert shown.line() == "Event: task.last"


def test_json_prints_lines_of_json_and_nothing_else(websocket_client):
    messages = [json.dumps(READY), event(), json.dumps(json.loads(event(title="ü")), indent=2, ensure_ascii=False),
                "5", "null", '"a"', r'{"a":"\\u001b \" \/","b":[1e5,-0.5,true,false]}']
    with serving(sending(*messages)) as url, Shown(websocket_client, url, "--json").read() as shown:
        lines = [shown.line() for _ in messages]
        assert lines[:2] == messages[:2]
        assert [json.loads(line) for line in lines] == [json.loads(message) for message in messages]
        assert [shown.notice(), shown.notice()] == [f"Connected to {url}", "Waiting for events..."]


@pytest.mark.parametrize("text", ["\x7f", "\u0080\u009b\u009f", "\u202e\u2066", "\u2028\u2029\u0085", "é✓\u00a0\u200b\U0001F600"])
def test_json_escapes_what_would_give_the_terminal_an_order(websocket_client, text):
    message = json.dumps({"event": "x", text: [text]}, ensure_ascii=False)
    with serving(sending(message, "{}")) as url, Shown(websocket_client, url, "--json").read() as shown:
        line = shown.line()
        assert json.loads(line) == json.loads(message) and shown.line() == "{}"
        if "é" in text:
            assert line == message, "what is harmless stays as it came"
        else:
            assert all(ord(character) < 0x7f for character in line)


@pytest.mark.parametrize("message", ["not JSON", "", '{"a":"\x1b"}', "{'a':1}", '{"a":1,}', "[01]", "{}{}", b"{}", "[" * 200 + "]" * 200,
                                     '"\\x"', '"\\u12g4"', "+1", ".5", "nul", '{"a" 1}', "[1 2]"])
def test_json_leaves_out_what_is_no_json(websocket_client, message):
    with serving(sending(message, "{}")) as url, Shown(websocket_client, url, "--json").read() as shown:
        assert shown.line() == "{}"
        assert [shown.notice() for _ in range(3)][2] == f"A message of {len(message)} bytes is no JSON: left out"


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_a_message_of_one_letter_with_many_marks_costs_no_time(websocket_client, flags):
    """Swift's own comparison of texts would take minutes for these names."""
    name = "a" + "\u0301" * 60_000 + "\u0316" * 60_000
    message = json.dumps({name: 1, "event": "task.created", "task": {**TASK, name: 1, name + "b": 2, "title": name}},
                         ensure_ascii=False)
    assert len(message.encode()) < 1 << 20, "the client takes it"
    with serving(sending(message, event("task.last"))) as url, \
            Shown(websocket_client, url, *flags).read() as shown:
        while "task.last" not in shown.line():
            pass
        ticks = Path(f"/proc/{shown.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()[11:13]
        assert sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK") < 5, "seconds of CPU"


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_a_pipe_that_is_emptied_late_loses_nothing(websocket_client, flags):
    """More than a pipe holds, and no process reads at first, as when the next program has yet to start."""
    count, sent = 5000, threading.Event()

    def handler(connection):
        for number in range(count):
            connection.send(event(priority=number))
        sent.set()
        # Answered once it has written what came before, or thrown it away.
        connection.ping().wait(1)
        sent.set()
        stay(connection)

    with serving(handler) as url, Shown(websocket_client, url, *flags) as shown:
        sent.wait(5)
        shown.read()
        if not flags:
            shown.is_connected(url)
        for number in range(count):
            line = shown.line() if flags else shown.task()
            assert f'"priority": {number},' in line if flags else f"priority: {number}," in line


def test_it_ends_when_nobody_reads_any_more(websocket_client):
    """As `websocket-client | head -3` should."""
    def handler(connection):
        try:
            while True:
                connection.send(event())
                time.sleep(0.01)  # The pace of the events; being right does not hang on it.
        except Exception:  # However the client leaves.
            return

    with serving(handler) as url, Shown(websocket_client, url) as shown:
        assert shown.process.stdout.readline()
        shown.process.stdout.close()
        shown.process.wait(15)


# What it asks for


@pytest.mark.parametrize("flags, environment, expected", [
    ([], {}, None), (["--token", "secret-1"], {}, "Bearer secret-1"), ([], {"TASKFLOW_TOKEN": "secret-2"}, "Bearer secret-2"),
    (["--token", "secret-1"], {"TASKFLOW_TOKEN": "secret-2"}, "Bearer secret-1"), ([], {"TASKFLOW_TOKEN": ""}, None),
])
def test_the_token_goes_into_the_header(websocket_client, flags, environment, expected):
    asked = queue.Queue()

    def handler(connection):
        asked.put((connection.request.headers.get("Authorization"), connection.request.path))
        stay(connection)

    with serving(handler) as url, Shown(websocket_client, url, *flags, **environment):
        assert asked.get(timeout=15) == (expected, "/ws/tasks?since=")


@pytest.mark.parametrize("query, rooms, expected", [
    ("", "project-1,task-2", "rooms=project-1,task-2&since="), ("", "a b,ü&x=1?#/%+", None),
    ("?x=y", "a", "x=y&rooms=a&since="), ("?rooms=z", "a", "rooms=a&since="), ("", "", "since="),
])
def test_rooms_go_into_the_query(websocket_client, query, rooms, expected):
    asked = queue.Queue()

    def handler(connection):
        asked.put(connection.request.path)
        stay(connection)

    with serving(handler) as url, Shown(websocket_client, url + query, "--rooms", rooms).read() as shown:
        path = urlsplit(asked.get(timeout=15))
        if expected is not None:
            assert path.query == expected
        if rooms:
            assert parse_qs(path.query)["rooms"] == [rooms]
        shown.is_connected(url + query)


def test_a_typo_in_a_flag_is_called_one(websocket_client):
    result = subprocess.run([websocket_client, "--tokn", "x"], capture_output=True, text=True, timeout=20)
    assert result.returncode == 64 and "Unknown option '--tokn'" in result.stderr


def test_help_that_cannot_be_written_is_no_success(websocket_client):
    with open("/dev/full", "wb") as full:
        result = subprocess.run([websocket_client, "--help"], stdout=full, stderr=subprocess.PIPE, timeout=20)
    assert result.returncode == 1 and b"No space left" in result.stderr


@pytest.mark.parametrize("url", [
    "http://localhost/", "wss://", "https://localhost/", "localhost", "ws://", "ws://a b/", "ws://localhost:0/", "ws://localhost/#x"])
def test_what_is_no_url_is_refused(websocket_client, url):
    result = subprocess.run([websocket_client, url], capture_output=True, text=True, timeout=15)
    assert result.returncode == 64 and "ws://localhost:3000/ws/tasks" in result.stderr and not result.stdout


# How it ends, and how it comes back


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_closes_the_connection_and_ends_it_with_0(websocket_client, number):
    codes = queue.Queue()

    def handler(connection):
        stay(connection)
        codes.put(connection.close_code)

    with serving(handler) as url, Shown(websocket_client, url).read() as shown:
        shown.is_connected(url)
        shown.process.send_signal(number)
        assert codes.get(timeout=15) == 1000
        assert shown.process.wait(15) == 0
        assert shown.line() is None and shown.notice() is None


def test_a_second_ctrl_c_does_not_wait_for_a_server_that_does_not_answer(websocket_client):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"ws://127.0.0.1:{listener.getsockname()[1]}/"
        with Shown(websocket_client, url).read() as shown:
            connection, _ = listener.accept()
            with connection:
                request = connection.recv(4096).decode()
                key = re.search(r"Sec-WebSocket-Key: (\S+)", request)[1]
                connection.sendall(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                    f"Sec-WebSocket-Accept: {accept_key(key)}\r\n\r\n").encode())
                shown.is_connected(url)
                shown.process.send_signal(signal.SIGINT)
                assert connection.recv(16)[0] == 0x88, "a close frame"
                assert shown.process.poll() is None, "the server has not answered yet"
                shown.process.send_signal(signal.SIGINT)
                assert shown.process.wait(1.5) == 0


def test_ctrl_c_ends_it_while_it_waits_to_come_back(websocket_client):
    with Shown(websocket_client, f"ws://127.0.0.1:{free_port()}/").read() as shown:
        assert shown.notice().startswith("Cannot connect to ws://127.0.0.1:")
        assert shown.notice().startswith("Connecting again in ")
        shown.process.send_signal(signal.SIGINT)
        assert shown.process.wait(15) == 0


def test_it_answers_pings(websocket_client):
    answered = queue.Queue()

    def handler(connection):
        answered.put(connection.ping(b"are you there?").wait(15))
        stay(connection)

    with serving(handler, ping_interval=None) as url, Shown(websocket_client, url):
        assert answered.get(timeout=15)


@pytest.mark.parametrize("end", ["close", "lost"])
def test_it_comes_back_after_a_lost_connection(websocket_client, end):
    connections = queue.Queue()

    def handler(connection):
        connections.put(connection)
        if connections.qsize() < 2:
            if end == "close":
                connection.close(1001, "stopping\x1b[2J")
            else:
                connection.socket.shutdown(2)
        else:
            connection.send(event())
            stay(connection)

    with serving(handler) as url, Shown(websocket_client, url).read() as shown:
        shown.is_connected(url)
        expected = "Connection closed (1001: stopping\\x1b[2J)" if end == "close" else "Connection closed (1006)"
        assert shown.notice() == expected
        assert re.fullmatch(r"Connecting again in 0\.[0-5] s", shown.notice())
        shown.is_connected(url)
        assert shown.line() == "Event: task.created"


def test_it_waits_longer_each_time_whether_nobody_answers_or_everybody_is_sent_away(websocket_client):
    with Shown(websocket_client, f"ws://127.0.0.1:{free_port()}/").read() as shown:
        assert_delays_grow(shown, 2)
    with serving(lambda connection: connection.close(3008)) as url, Shown(websocket_client, url).read() as shown:
        assert_delays_grow(shown, 2)


def assert_delays_grow(shown: Shown, count: int):
    """Anything up to 0.5 s, to 1 s, to 2 s and so on, shown cut; what is random in it is tested by plain calls."""
    for turn in range(count + 1):
        shown.notice()
        delay = float(re.fullmatch(r"Connecting again in ([\d.]+) s", shown.notice())[1])
        assert 0 <= delay <= 0.5 * 2 ** turn


def test_it_comes_back_to_a_server_that_was_away(websocket_client):
    port = free_port()
    with serving(stay, port) as url:
        shown = Shown(websocket_client, url).read()
        shown.is_connected(url)
    with shown:
        assert shown.notice() == "Connection closed (1001)"
        with serving(sending(event()), port):
            shown.is_connected(url)
            assert shown.line() == "Event: task.created"


# How it goes on where it was


class History:
    """A server as far as a client that resumes sees it: what it was asked for, and what it says on each connection."""

    def __init__(self, *scripts):
        self.scripts, self.asked = list(scripts), queue.Queue()

    def __call__(self, connection):
        query = parse_qs(urlsplit(connection.request.path).query, keep_blank_values=True)
        self.asked.put((query["since"][0], query.get("epoch", [None])[0]))
        for message in self.scripts.pop(0):
            connection.send(message if isinstance(message, str) else json.dumps(message))
        if self.scripts:
            connection.socket.shutdown(2)
        else:
            stay(connection)


def ready(epoch: str, seq: int, **fields) -> dict:
    return READY | {"epoch": epoch, "seq": seq} | fields


def numbered(seq: int, **fields) -> str:
    return json.dumps({"event": "task.updated", "seq": seq, "task": TASK | {"priority": seq} | fields})


def page(seq: int, count: int, more: bool) -> dict:
    return {"event": "snapshot", "tasks": [TASK] * count, "seq": seq, "more": more}


def priorities(shown: Shown, count: int) -> list[int]:
    return [int(re.search(r"priority: (\d+)", shown.task())[1]) for _ in range(count)]


def lost(shown: Shown):
    assert shown.notice() == "Connection closed (1006)" and shown.notice().startswith("Connecting again in ")


@pytest.mark.parametrize("missed, words", [
    ([], "nothing was missed"), ([12], "1 missed event came"), ([12, 13, 15], "3 missed events came")])
def test_it_goes_on_behind_the_last_event_and_says_how_many_were_missed(websocket_client, missed, words):
    last = missed[-1] if missed else 11
    history = History([ready("e-1", 10), numbered(11)],
                      [ready("e-1", last, recovered=True), *map(numbered, missed), numbered(16)])
    with serving(history) as url, Shown(websocket_client, url).read() as shown:
        shown.is_connected(url)
        assert priorities(shown, 1) == [11]
        lost(shown)
        shown.is_connected(url)
        assert shown.notice() == f"Resumed: {words}"
        assert priorities(shown, len(missed) + 1) == [*missed, 16]
        assert [history.asked.get(), history.asked.get()] == [("", None), ("11", "e-1")]


def test_no_event_is_shown_twice(websocket_client):
    history = History([ready("e-1", 10), numbered(11), numbered(11), numbered(9), numbered(12)],
                      [ready("e-1", 12, recovered=True), numbered(11), numbered(12), numbered(13)])
    with serving(history) as url, Shown(websocket_client, url).read() as shown:
        shown.is_connected(url)
        assert priorities(shown, 2) == [11, 12]
        shown.is_connected(url)
        assert priorities(shown, 1) == [13]


def test_in_other_rooms_the_servers_word_says_that_all_is_there(websocket_client):
    """The last missed event was none of its rooms: it asks, and the answer is not for the screen."""
    heard = queue.Queue()

    def handler(connection):
        if heard.empty():
            connection.send(json.dumps(ready("e-1", 10)))
            heard.put("the first connection")
            return connection.socket.shutdown(2)
        for message in [json.dumps(ready("e-1", 20, recovered=True)), numbered(15)]:
            connection.send(message)
        heard.put(connection.recv(15))
        connection.send('{"event":"pong","seq":21}')
        connection.send("{}")
        stay(connection)

    with serving(handler) as url, Shown(websocket_client, url, "--json", "--rooms", "task-1").read() as shown:
        assert [json.loads(shown.line()).get("seq") for _ in range(3)] == [10, 20, 15]
        assert shown.line() == "{}"
        assert [shown.notice() for _ in range(7)][-1] == "Resumed: 1 missed event came"
        assert heard.get() and heard.get(timeout=15) == '{"type":"ping"}'


def test_a_quiet_room_moves_on(websocket_client):
    history = History([ready("e-1", 10), {"event": "position", "seq": 400}], [ready("e-1", 400, recovered=True)])
    with serving(history) as url, Shown(websocket_client, url).read() as shown:
        shown.is_connected(url)
        lost(shown)
        assert shown.notice() == "Resumed: nothing was missed"
        assert [history.asked.get(), history.asked.get()] == [("", None), ("400", "e-1")]


@pytest.mark.parametrize("pages, words", [
    ([page(90, 0, False)], "a snapshot of 0 tasks came"), ([page(90, 1, False)], "a snapshot of 1 task came"),
    ([page(90, 500, True), page(90, 500, True), page(90, 2, False)], "a snapshot of 1002 tasks came")])
def test_where_events_are_gone_it_says_so_and_goes_on_behind_the_snapshot(websocket_client, pages, words):
    history = History([ready("e-1", 10)], [ready("e-2", 95, recovered=False), *pages, numbered(91)],
                      [ready("e-2", 91, recovered=True), numbered(92)])
    with serving(history) as url, Shown(websocket_client, url).read() as shown:
        lost(shown)
        assert shown.notice() == f"Not resumed: missed events are gone; {words}"
        lost(shown)
        assert shown.notice() == "Resumed: nothing was missed"
        shown.is_connected(url)
        shown.is_connected(url)
        assert priorities(shown, 1) == [91]
        shown.is_connected(url)
        assert priorities(shown, 1) == [92]
        assert [history.asked.get() for _ in range(3)] == [("", None), ("10", "e-1"), ("91", "e-2")]


def test_half_a_snapshot_is_none(websocket_client):
    history = History([ready("e-1", 10)], [ready("e-2", 95, recovered=False), page(90, 500, True)],
                      [ready("e-2", 96, recovered=False), page(96, 7, False)])
    with serving(history) as url, Shown(websocket_client, url).read() as shown:
        lost(shown)
        lost(shown)
        assert shown.notice() == "Not resumed: missed events are gone; a snapshot of 7 tasks came"
        assert [history.asked.get() for _ in range(3)] == [("", None), ("10", "e-1"), ("10", "e-1")]


@contextmanager
def stopped(process: subprocess.Popen):
    """The process does nothing meanwhile."""
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def resumption(shown: Shown) -> str:
    """The notice that says so, behind those of the lost connection."""
    assert shown.notice() == "Connection closed (1006)"
    while (line := shown.notice()).startswith(("Connecting again in ", "Cannot connect to ")):
        pass
    return line


def test_a_server_that_was_killed_and_started_again_is_read_on(websocket_client, taskflow_program, tmp_path):
    with taskflow_program.start("--store", f"sqlite:{tmp_path}/tasks.db") as server:
        url = f"ws://127.0.0.1:{server.port}/ws/tasks"
        with Shown(websocket_client, url).read() as shown:
            shown.is_connected(url)
            Client(server).create("first")
            assert "title: 'first'" in shown.task()
            server.kill()
            with stopped(shown.process):
                assert server.start_again()
                wait_until_ready(server)
                for title in ("second", "third"):
                    Client(server).create(title)
            assert resumption(shown) == "Resumed: 2 missed events came"
            Client(server).create("fourth")
            shown.is_connected(url)
            assert [re.search("title: '([a-z]+)'", shown.task())[1] for _ in range(3)] == ["second", "third", "fourth"]


def test_a_server_that_has_forgotten_everything_is_read_on_too(websocket_client, taskflow_program):
    with taskflow_program.start() as server:
        url = f"ws://127.0.0.1:{server.port}/ws/tasks"
        with Shown(websocket_client, url).read() as shown:
            shown.is_connected(url)
            server.kill()
            with stopped(shown.process):
                assert server.start_again()
                Client(server).create("first of the new ones")
            assert resumption(shown) == "Not resumed: missed events are gone; a snapshot of 1 task came"
            Client(server).create("second")
            shown.is_connected(url)
            assert "title: 'second'" in shown.task()


def test_a_url_can_say_where_to_begin(websocket_client):
    history = History([ready("e-1", 12, recovered=True), numbered(11), numbered(12)])
    with serving(history) as url, Shown(websocket_client, url + "?since=10&epoch=e-1").read() as shown:
        shown.is_connected(url + "?since=10&epoch=e-1")
        assert priorities(shown, 2) == [11, 12] and shown.notice() == "Resumed: 2 missed events came"
        assert history.asked.get() == ("10", "e-1")


@pytest.mark.parametrize("since", ["abc", "-1", "+5", "1.5", "9223372036854775808"])
def test_a_place_to_begin_that_is_none_is_refused(websocket_client, since):
    """Otherwise it would begin with what happens now, and leave out what was asked for."""
    result = subprocess.run([websocket_client, f"ws://localhost:1/ws/tasks?since={since}&epoch=e"], capture_output=True,
                            text=True, timeout=15)
    assert result.returncode == 64 and "is no number of an event" in result.stderr and not result.stdout


def test_json_has_the_pages_and_the_positions(websocket_client):
    """A program that reads the lines can keep the position, too."""
    script = [ready("e-2", 95, recovered=False), page(90, 2, True), page(90, 1, False), numbered(91),
              {"event": "position", "seq": 120}]
    history = History([ready("e-1", 10)], script)
    with serving(history) as url, Shown(websocket_client, url, "--json").read() as shown:
        lines = [json.loads(shown.line()) for _ in range(6)]
        assert [(line["event"], line["seq"]) for line in lines[1:]] == [
            ("connection.ready", 95), ("snapshot", 90), ("snapshot", 90), ("task.updated", 91), ("position", 120)]


@pytest.mark.parametrize("code", [3500, 3999])
def test_it_does_not_come_back_where_it_is_not_wanted(websocket_client, code):
    with serving(lambda connection: connection.close(code, "no")) as url, \
            Shown(websocket_client, url).read() as shown:
        shown.is_connected(url)
        assert shown.notice() == f"Connection closed ({code}: no)"
        assert shown.process.wait(15) == 1


@pytest.mark.parametrize("status, advice", [
    (HTTPStatus.UNAUTHORIZED, ": it wants a token, see --token"),
    (HTTPStatus.NOT_FOUND, ": there is no WebSocket at this path"), (HTTPStatus.OK, ": there is no WebSocket at this path"),
    (HTTPStatus.UNPROCESSABLE_ENTITY, ": it does not take these rooms, or this place to begin"),
    (HTTPStatus.GONE, "")])
def test_a_refusal_ends_it_with_1(websocket_client, status, advice):
    def refuse(connection, request):
        return connection.respond(status, "no\n")

    with serving(stay, process_request=refuse) as url, Shown(websocket_client, url).read() as shown:
        assert shown.notice() == f"{url} answered {status.value}{advice}"
        assert shown.process.wait(15) == 1 and shown.line() is None


def test_authorities_are_for_tls(websocket_client):
    outcome = subprocess.run([websocket_client, "ws://localhost/", "--ca", "ca.pem"], capture_output=True, text=True,
                             timeout=20)
    assert outcome.returncode == 64 and "--ca is for a URL that begins with wss://." in outcome.stderr
    outcome = subprocess.run([websocket_client, "wss://localhost/", "--ca", "none.pem"], capture_output=True, text=True,
                             timeout=20)
    assert outcome.returncode == 1 and outcome.stderr.count("\n") == 1 and "none.pem has no" in outcome.stderr


def test_a_server_in_trouble_is_asked_again(websocket_client):
    answers = [HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS]

    def refuse(connection, request):
        return connection.respond(answers.pop(0), "not now\n") if answers else None

    with serving(stay, process_request=refuse) as url, Shown(websocket_client, url).read() as shown:
        assert shown.notice() == f"{url} answered 503"
        shown.notice()
        assert shown.notice() == f"{url} answered 429"
        shown.is_connected(url)


@pytest.mark.slow
def test_it_notices_a_server_that_is_gone_without_a_word(websocket_client):
    """Its ping after 30 s stays unanswered for 30 s more."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"ws://127.0.0.1:{listener.getsockname()[1]}/"
        with Shown(websocket_client, url).read() as shown:
            connection, _ = listener.accept()
            with connection:
                key = re.search(rb"Sec-WebSocket-Key: (.*)\r\n", connection.recv(4096))[1].decode()
                connection.sendall((
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    f"Sec-WebSocket-Accept: {accept_key(key)}\r\n\r\n").encode())
                shown.is_connected(url)
                assert shown.notices.get(timeout=70) == "Connection closed (1006)"


@pytest.mark.parametrize("hints", [
    [], ["100 Continue"], ["103 Early Hints\r\nLink: </a>"], ["102 Processing", "103 Early Hints", "103 Early Hints"]])
def test_what_a_server_says_before_its_answer_is_passed_over(websocket_client, hints):
    text = event().encode()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"ws://127.0.0.1:{listener.getsockname()[1]}/"
        with Shown(websocket_client, url).read() as shown:
            connection, _ = listener.accept()
            with connection:
                key = re.search(rb"Sec-WebSocket-Key: (.*)\r\n", connection.recv(4096))[1].decode()
                for hint in hints:
                    connection.sendall(f"HTTP/1.1 {hint}\r\n\r\n".encode())
                connection.sendall((
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    f"Sec-WebSocket-Accept: {accept_key(key)}\r\n\r\n").encode())
                connection.sendall(b"\x81\x7e" + len(text).to_bytes(2, "big") + text)
                shown.is_connected(url)
                assert shown.line() == "Event: task.created"
