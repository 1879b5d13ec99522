"""taskflow's live events, as Python's `websockets`, Node's `ws` and our own client see them."""

import asyncio
import contextlib
import json
import os
import resource
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from client import Client
from contract import TIMESTAMP, assert_error
from documents import check_message
from wire import exchange, head, parse_answers, receive

OWN_TOKENS = ["--admin-token", "the-admin-of-the-tests", "--user-token", "the-user-of-the-tests"]
HANDSHAKE = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
             "Sec-WebSocket-Version: 13"]


@pytest.fixture(scope="module")
def guarded(taskflow_program):
    """A server with tokens of its own."""
    with taskflow_program.start(*OWN_TOKENS) as server:
        yield server


@pytest.fixture
def admin(taskflow):
    return Client(taskflow)


def url(server, query: str = "") -> str:
    return f"ws://127.0.0.1:{server.port}/ws/tasks{query}"


def read(socket) -> dict:
    message = socket.recv(timeout=10)
    assert isinstance(message, str)
    return check_message(json.loads(message))


def say(socket, **message) -> dict:
    """Sends a message and reads the answer."""
    socket.send(json.dumps(message))
    return read(socket)


@contextlib.contextmanager
def listener(server, query: str = "", **options):
    """A client that was greeted."""
    with connect(url(server, query), compression=None, **options) as socket:
        assert read(socket)["event"] == "connection.ready"
        yield socket


def assert_quiet(socket) -> None:
    """Nothing has come: the next message is the answer to a ping."""
    answer = say(socket, type="ping")
    assert list(answer) == ["event", "seq"] and answer["event"] == "pong"


# The way in


def test_a_client_is_greeted(taskflow):
    with connect(url(taskflow)) as socket:
        ready = read(socket)
        assert list(ready) == ["event", "clientId", "rooms", "heartbeat", "timestamp", "epoch", "seq"]
        assert ready["event"] == "connection.ready" and ready["rooms"] == ["tasks"] and ready["heartbeat"] == 30
        assert ready["clientId"].startswith("ws-") and TIMESTAMP.fullmatch(ready["timestamp"])
        with connect(url(taskflow, "?rooms=a,b,a")) as other:
            second = read(other)
            assert second["rooms"] == ["a", "b"] and second["clientId"] != ready["clientId"]


@pytest.mark.parametrize("query, rooms", [
    ("", ["tasks"]), ("?rooms=tasks", ["tasks"]), ("?rooms=project-a%2Cb", ["project-a", "b"]),
    ("?x=1&rooms=%C3%A9", ["é"]), ("?rooms=" + "a" * 128, ["a" * 128]),
    ("?rooms=" + ",".join(map(str, range(128))), [str(number) for number in range(128)]),
])
def test_rooms_can_be_named_in_the_query(taskflow, query, rooms):
    with connect(url(taskflow, query)) as socket:
        assert read(socket)["rooms"] == rooms


@pytest.mark.parametrize("query", ["?rooms=", "?rooms=a,", "?rooms=,", "?rooms=" + "a" * 129,
                                   "?rooms=" + ",".join(map(str, range(129)))])
def test_bad_rooms_in_the_query_are_422(taskflow, query):
    answer = Client(taskflow, None).get("/ws/tasks" + query, *HANDSHAKE[:1], *HANDSHAKE[2:], "Connection: Upgrade")
    assert_error(answer, 422, "VALIDATION_ERROR")


def refused(server, *fields: str, path: str = "/ws/tasks", host: str = "127.0.0.1"):
    """The answer to a request that is to stay one."""
    with server.connect() as connection:
        connection.sendall(head("GET", path, *fields, host=host))
        connection.sendall(head("GET", "/health", "Connection: close"))
        answers = parse_answers(receive(connection)[0])
    assert [answer.status for answer in answers[1:]] == [200], "the connection goes on as HTTP"
    return answers[0]


@pytest.mark.parametrize("fields", [
    [], HANDSHAKE[1:], HANDSHAKE[:1] + HANDSHAKE[2:], ["Upgrade: h2c", *HANDSHAKE[1:]],
    HANDSHAKE[:3], [*HANDSHAKE[:3], "Sec-WebSocket-Version: 12"],
])
def test_what_asks_for_no_websocket_is_426(taskflow, fields):
    answer = refused(taskflow, *fields)
    assert_error(answer, 426, "UPGRADE_REQUIRED")
    assert answer["Sec-WebSocket-Version"] == "13" and answer["Upgrade"] == "websocket"


@pytest.mark.parametrize("key", ["", "short", "dGhlIHNhbXBsZSBub25jZQ=", "!!!!!!!!!!!!!!!!!!!!!!=="])
def test_a_bad_key_is_400(taskflow, key):
    fields = [*HANDSHAKE[:2], f"Sec-WebSocket-Key: {key}", HANDSHAKE[3]]
    assert_error(refused(taskflow, *fields), 400, "BAD_REQUEST")


def test_a_websocket_elsewhere_is_404(taskflow):
    assert_error(refused(taskflow, *HANDSHAKE, path="/ws/other"), 404, "NOT_FOUND")
    assert refused(taskflow, *HANDSHAKE, path="/health").status == 200


def test_an_upgrade_with_a_body_stays_a_request(taskflow):
    request = head("GET", "/ws/tasks", *HANDSHAKE, "Content-Length: 1") + b"x"
    statuses = exchange(taskflow, request + head("GET", "/health", "Connection: close")).statuses
    assert statuses == [426, 200]


def test_a_foreign_page_does_not_get_in(taskflow):
    for origin in ("http://example.org", "null", f"http://127.0.0.1:{taskflow.port + 1}"):
        assert_error(refused(taskflow, *HANDSHAKE, f"Origin: {origin}"), 403, "FORBIDDEN_ORIGIN")
        with pytest.raises(InvalidStatus):
            connect(url(taskflow), origin=origin)
    for host in ("localhost", "127.0.0.1", "[::1]"):
        with listener(taskflow, origin=f"http://{host}:{taskflow.port}"):
            pass


def test_another_name_does_not_lead_in(taskflow):
    assert_error(refused(taskflow, *HANDSHAKE, host="example.org"), 403, "FORBIDDEN_HOST")


def test_development_mode_needs_no_token(taskflow):
    with listener(taskflow, additional_headers={"Authorization": "wrong"}):
        pass


@pytest.mark.parametrize("token", [OWN_TOKENS[1], OWN_TOKENS[3]])
def test_a_token_opens_by_header_and_by_subprotocol(guarded, token):
    for form in (f"Bearer {token}", token):
        with listener(guarded, additional_headers={"Authorization": form}) as socket:
            assert socket.subprotocol is None
    with listener(guarded, subprotocols=["taskflow.v1", f"taskflow.bearer.{token}"]) as socket:
        assert socket.subprotocol == "taskflow.v1"
    with listener(guarded, subprotocols=[f"taskflow.bearer.{token}", "taskflow.v1"]) as socket:
        assert socket.subprotocol == "taskflow.v1"


@pytest.mark.parametrize("fields", [
    [], ["Authorization: Bearer secret-admin-123"], ["Sec-WebSocket-Protocol: taskflow.v1"],
    ["Sec-WebSocket-Protocol: taskflow.v1, taskflow.bearer.wrong"], ["Sec-WebSocket-Protocol: taskflow.bearer."],
    [f"Sec-WebSocket-Protocol: taskflow.v1, {OWN_TOKENS[1]}"],
])
def test_without_its_token_nobody_gets_in(guarded, fields):
    answer = refused(guarded, *HANDSHAKE, *fields)
    assert_error(answer, 401, "INVALID_TOKEN")
    assert answer["WWW-Authenticate"] == "Bearer"


# What is told


def test_each_change_is_told_as_it_was_answered(taskflow, admin):
    with listener(taskflow) as socket:
        answer = admin.ask("POST", "/tasks", {"title": "a", "priority": 5}, "X-Request-Id: mine")
        task = json.loads(answer.body)
        created = read(socket)
        assert created == {"event": "task.created", "task": task, "seq": created["seq"], "requestId": "mine",
                           "timestamp": task["createdAt"]}
        changed = admin.change(task["id"], status="completed", title="b")
        updated = read(socket)
        assert updated["event"] == "task.updated" and updated["task"] == changed
        assert updated["changes"] == ["title", "status"] and updated["timestamp"] == changed["updatedAt"]
        changed = admin.change(task["id"], priority=9)
        updated, moved = read(socket), read(socket)
        assert updated["event"] == "task.updated" and updated["changes"] == ["priority"]
        assert moved["event"] == "task.moved" and moved["task"] == changed and (moved["from"], moved["to"]) == (5, 9)
        assert moved["requestId"] == updated["requestId"]
        admin.change(task["id"], priority=9)
        admin.ask("DELETE", f"/tasks/{task['id']}")
        deleted = read(socket)
        assert deleted["event"] == "task.deleted" and deleted["task"] == {"id": task["id"]}
        events = [created, updated, moved, deleted]
        assert [event["seq"] - created["seq"] for event in events] == [0, 2, 3, 4], "by one with each"
        assert all(TIMESTAMP.fullmatch(event["timestamp"]) for event in events)
        assert_quiet(socket)


def test_a_deletion_is_one_event_whoever_needed_the_task(taskflow, admin):
    needed = admin.create()
    admin.create(dependencies=[needed["id"]])
    with listener(taskflow) as socket:
        admin.ask("DELETE", f"/tasks/{needed['id']}")
        assert read(socket)["event"] == "task.deleted"
        assert_quiet(socket)


def test_a_room_hears_what_concerns_it(taskflow, admin):
    task = admin.create(project="a")
    with (listener(taskflow, "?rooms=project-a") as a, listener(taskflow, "?rooms=project-b") as b,
          listener(taskflow, f"?rooms=task-{task['id']}") as one, listener(taskflow, "?rooms=other") as other,
          listener(taskflow, f"?rooms=tasks,project-a,project-b,task-{task['id']}") as all_rooms):
        admin.change(task["id"], title="x")
        admin.change(task["id"], project="b")  # From one to another: both hear it.
        admin.change(task["id"], project=None)
        admin.create("not in a room", project="c")
        admin.ask("DELETE", f"/tasks/{task['id']}")
        changes = lambda socket, count: [read(socket).get("changes") for _ in range(count)]  # noqa: E731
        assert changes(a, 2) == [["title"], ["project"]]
        assert changes(b, 2) == [["project"], ["project"]]
        assert changes(one, 4) == [["title"], ["project"], ["project"], None]
        assert changes(all_rooms, 5) == [["title"], ["project"], ["project"], None, None], "once each"
        for socket in (a, b, one, other, all_rooms):
            assert_quiet(socket)


# What clients say


def test_rooms_are_changed_by_messages(taskflow, admin):
    with listener(taskflow) as socket:
        answer = say(socket, type="subscribe", rooms=["project-a", "x", "x"])
        assert list(answer) == ["event", "rooms", "epoch", "seq"]
        assert answer["event"] == "subscription.confirmed" and answer["rooms"] == ["project-a", "x"]
        admin.create("not for it")
        admin.create("for it", project="a")
        assert read(socket)["task"]["title"] == "for it"
        assert say(socket, type="unsubscribe", rooms=["project-a", "unknown"])["rooms"] == ["x"]
        admin.create("no more", project="a")
        assert say(socket, type="subscribe", rooms=[])["rooms"] == []
        assert say(socket, type="subscribe", rooms=["tasks"])["rooms"] == ["tasks"]
        admin.create("again")
        assert read(socket)["task"]["title"] == "again"


@pytest.mark.parametrize("message", [
    "", "x", "{", "[]", "null", "5", '"ping"', '{"type":"subscribe"}', '{"type":"subscribe","rooms":"tasks"}',
    '{"type":"subscribe","rooms":null}', '{"type":"subscribe","rooms":[1]}', '{"type":"subscribe","rooms":[""]}',
    '{"type":"subscribe","rooms":["a"],"epoch":5}', '{"type":"subscribe","rooms":["a",null]}', '{"type":"unsubscribe"}', '{"type":"unsubscribe","rooms":[[]]}',
    '{"type":"subscribe","rooms":["' + "a" * 129 + '"]}', "[" * 100_000, '{"a":01}', '{"type":"ping",}',
])
def test_a_bad_message_is_told_so_and_the_connection_stays(taskflow, message):
    with listener(taskflow) as socket:
        socket.send(message)
        error = read(socket)
        assert list(error) == ["event", "code", "message"] and error["message"]
        assert (error["event"], error["code"]) == ("error", "INVALID_MESSAGE")
        assert_quiet(socket)


@pytest.mark.parametrize("message", ['{"message":"Hello"}', "{}", '{"type":"shout"}', '{"type":null}',
                                     '{"type":["ping"]}'])
def test_another_message_is_not_supported(taskflow, message):
    with listener(taskflow) as socket:
        socket.send(message)
        assert read(socket)["code"] == "UNSUPPORTED_MESSAGE"
        assert_quiet(socket)


def test_rooms_have_a_limit(taskflow, admin):
    rooms = [str(number) for number in range(129)]
    with listener(taskflow) as socket:
        assert say(socket, type="subscribe", rooms=rooms)["code"] == "LIMIT_EXCEEDED"
        assert say(socket, type="unsubscribe", rooms=rooms)["event"] == "subscription.confirmed"
        for kind in ("subscribe", "unsubscribe"):
            answer = say(socket, type=kind, rooms=["x"] * 1_001)
            assert answer["code"] == "LIMIT_EXCEEDED" and "1000 names" in answer["message"], kind
        admin.create("still in the room")
        assert read(socket)["event"] == "task.created"
        assert say(socket, type="subscribe", rooms=rooms[:128] + ["0"])["rooms"] == rooms[:128]
        assert say(socket, type="subscribe", rooms=["a" * 128])["rooms"] == ["a" * 128]


def close_code(socket) -> int:
    with pytest.raises(ConnectionClosed):
        while True:
            socket.recv(timeout=10)
    return socket.close_code


@pytest.mark.parametrize("message, code", [(b"binary", 1003), (b"", 1003), ("x" * (1 << 20), None),
                                           ("x" * ((1 << 20) + 1), 1009)])
def test_what_is_not_taken_closes(taskflow, message, code):
    with listener(taskflow) as socket:
        socket.send(message)
        if code is None:
            assert read(socket)["code"] == "INVALID_MESSAGE"
        else:
            assert close_code(socket) == code


def test_text_that_is_not_utf8_closes_with_1007(taskflow):
    with listener(taskflow) as socket:
        socket.send(b"\xff", text=True)
        assert close_code(socket) == 1007


def test_who_asks_and_does_not_read_is_not_asked_for_more(taskflow, admin):
    """Answers would pile up without end otherwise."""
    frame = b"\x81\x8f\x00\x00\x00\x00" + b'{"type":"ping"}'
    before = taskflow.resident_bytes()
    with taskflow.connect() as connection:
        connection.sendall(head("GET", "/ws/tasks", *HANDSHAKE))
        assert connection.recv(4096).startswith(b"HTTP/1.1 101 ")
        connection.settimeout(0.5)
        sent = 0
        with contextlib.suppress(TimeoutError):
            while sent < 64 << 20:
                sent += connection.send(frame * 2000)
        assert sent < 64 << 20, "the server reads without end"
        assert taskflow.resident_bytes() - before < 16 << 20
        assert admin.get("/health").status == 200


def test_the_seeds_hello_gets_an_answer_that_helps(taskflow):
    with listener(taskflow) as socket:
        socket.send('{"message":"Hello"}')
        answer = read(socket)
        assert answer["code"] == "UNSUPPORTED_MESSAGE"
        assert '"type"' in answer["message"] and '{"type":"subscribe","rooms":["tasks"]}' in answer["message"]
        assert_quiet(socket)


def test_answers_that_are_not_read_are_bounded(fresh):
    """128 rooms whose names are six bytes a byte in JSON, and 1,666 questions that are each answered with all of them."""
    def frame(message: str) -> bytes:
        payload = message.encode()
        long = len(payload) > 0xFFFF
        length = (b"\xff" if long else b"\xfe") + len(payload).to_bytes(8 if long else 2, "big")
        # No byte of a frame's length may be spared, RFC 6455 section 5.2.
        if len(payload) < 126:
            length = bytes([0x80 | len(payload)])
        return b"\x81" + length + bytes(4) + payload

    names = [f"{number:03}" + "\x01" * 125 for number in range(128)]
    admin = Client(fresh)
    with fresh.connect() as connection:
        connection.sendall(head("GET", "/ws/tasks", *HANDSHAKE))
        assert connection.recv(4096).startswith(b"HTTP/1.1 101 ")
        connection.sendall(frame(json.dumps({"type": "subscribe", "rooms": names})))
        before = fresh.resident_bytes()
        connection.sendall(frame('{"type":"unsubscribe","rooms":[]}') * 1_666)
        waiting = [admin.json("/tasks/system/ws")["bytesWaiting"] for _ in range(50)]
        assert max(waiting) < 1_200_000
        assert fresh.resident_bytes() - before < 8 << 20


def test_a_path_is_compared_as_the_router_compares(taskflow):
    for path, status in [("/ws/tasks", b"101"), ("/ws/%74asks", b"101"), ("/%77%73/task%73?x=1", b"101"),
                         ("/ws%2Ftasks", b"404"), ("/ws/tasks/", b"404"), ("/WS/tasks", b"404"), ("/ws/%2574asks", b"404")]:
        with taskflow.connect() as connection:
            connection.sendall(head("GET", path, *HANDSHAKE))
            assert connection.recv(4096).split()[1] == status, path


def test_no_content_is_no_body(taskflow):
    """RFC 9112 section 6.3: a handshake with Content-Length: 0 is one without."""
    for fields, status in [(["Content-Length: 0"], b"101"), (["Content-Length: 1"], b"426")]:
        with taskflow.connect() as connection:
            connection.sendall(head("GET", "/ws/tasks", *HANDSHAKE, *fields) + b"x" * (status == b"426"))
            assert connection.recv(4096).split()[1] == status


def test_rooms_are_compared_as_bytes(taskflow, admin):
    with listener(taskflow, "?rooms=%C3%A9,e%CC%81") as socket:
        assert say(socket, type="unsubscribe", rooms=["\u00e9"])["rooms"] == ["e\u0301"]
        assert say(socket, type="subscribe", rooms=["\u212a", "K", "\u00e9", "e\u0301"])["rooms"] == [
            "\u212a", "K", "\u00e9", "e\u0301"]


def cpu_seconds(server) -> float:
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


MARKS = "a" + "\u0301" * 16_000 + "\u0316" * 16_000


@pytest.mark.parametrize("message", [
    f'{{"{MARKS}":1}}', f'{{"type":"{MARKS}"}}', f'{{"type":"subscribe","rooms":["{MARKS}"]}}', f'{{"{MARKS}":1,"{MARKS}b":2}}'])
def test_a_letter_with_many_marks_costs_no_time(taskflow, message):
    with listener(taskflow) as socket:
        before = cpu_seconds(taskflow)
        for _ in range(4):
            socket.send(message)
            assert read(socket)["event"] == "error"
        assert cpu_seconds(taskflow) - before < 0.5


@pytest.mark.parametrize("field", ["Sec-WebSocket-Protocol: taskflow.v1, taskflow.bearer.{}", "Sec-WebSocket-Protocol: {}",
                                   "Sec-WebSocket-Version: {}", "Sec-WebSocket-Key: {}", "Connection: Upgrade, {}"])
def test_so_do_the_fields_of_a_handshake(guarded, field):
    before = cpu_seconds(guarded)
    marks = MARKS[:3_500] + MARKS[-3_500:]
    for _ in range(10):
        with guarded.connect() as connection:
            connection.sendall("\r\n".join(["GET /ws/tasks HTTP/1.1", "Host: 127.0.0.1", *HANDSHAKE, field.format(marks), "", ""]
                                           ).encode())
            assert connection.recv(4096).split()[1] in (b"400", b"401", b"426")
    assert cpu_seconds(guarded) - before < 0.5


# How it ends, and the numbers


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_closes_with_1001(taskflow_program, number):
    with taskflow_program.start() as server, contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(listener(server)) for _ in range(20)]
        started = time.monotonic()
        server.signal(number)
        assert [close_code(socket) for socket in sockets] == [1001] * 20
        assert server.wait(4) == 0
        assert time.monotonic() - started < 2, "all have answered, so there is nothing to wait for"


def test_a_client_that_does_not_answer_the_close_has_its_grace(taskflow_program):
    with taskflow_program.start("--grace", "1") as server, server.connect() as connection:
        connection.sendall(head("GET", "/ws/tasks", *HANDSHAKE))
        assert connection.recv(4096).startswith(b"HTTP/1.1 101 ")
        started = time.monotonic()
        server.signal(signal.SIGTERM)
        assert server.wait(4) == 0
        assert 0.5 < time.monotonic() - started < 2


def test_the_hub_has_numbers(taskflow_program):
    with taskflow_program.start() as server:
        admin = Client(server)
        with listener(server), listener(server, "?rooms=tasks,a"):
            numbers = admin.json("/tasks/system/ws")
            assert list(numbers)[:5] == ["pid", "path", "connectedClients", "rooms", "uptimeSeconds"]
            assert numbers["path"] == "/ws/tasks" and numbers["connectedClients"] == 2 and numbers["rooms"] == 2
            assert numbers["membersPerRoom"] == {"tasks": 2, "a": 1}
            assert numbers["bytesWaiting"] == 0 and numbers["slowConsumersClosed"] == 0
        deadline = time.monotonic() + 5
        while admin.json("/tasks/system/ws")["connectedClients"]:
            assert time.monotonic() < deadline, "clients that have gone are forgotten"


# The seed's exercise


def test_the_exercise_as_it_stands(taskflow_program, tmp_path):
    """Three terminals: the server, the client, and curl, which is the seed's but for the port."""
    client_binary = Path(taskflow_program.binary).with_name("websocket-client")
    if not client_binary.exists():
        pytest.skip("no websocket-client beside taskflow")
    with taskflow_program.start() as server:
        where = f"ws://localhost:{server.port}/ws/tasks"
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        with subprocess.Popen([client_binary, where], **streams) as client:
            try:
                line = client.stdout.readline
                assert line() == f"Connected to {where}\n" and line() == "Waiting for events...\n"
                curl = f"""curl -s -X POST http://localhost:{server.port}/tasks \\
                  -H "Authorization: Bearer secret-admin-123" \\
                  -H "Content-Type: application/json" \\
                  -d '{{"title":"WebSocket test","priority":5}}'"""
                answer = subprocess.run(curl, shell=True, capture_output=True, timeout=10, check=True)
                id = json.loads(answer.stdout)["id"]
                assert line() == "Event: task.created\n"
                assert line() == (f"Task: {{ id: '{id}', title: 'WebSocket test', priority: 5, status: 'pending', "
                                  "project: null }\n")
                client.send_signal(signal.SIGINT)
                assert client.wait(5) == 0 and client.stdout.read() == ""
            finally:
                client.kill()


def test_node_and_python_see_the_same(taskflow, admin):
    node = shutil.which("node") or pytest.fail("no node")
    script = Path(__file__).with_name("node_live.js")
    environment = os.environ | {"NODE_PATH": "/usr/share/nodejs"}
    arguments = [node, script, url(taskflow), "5", "taskflow.v1"]
    with (listener(taskflow) as socket,
          subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=environment) as process):
        try:
            assert json.loads(process.stdout.readline()) == {"open": "taskflow.v1"}
            assert json.loads(process.stdout.readline())["event"] == "connection.ready"
            task = admin.create("é\u2028\"\\")
            admin.change(task["id"], priority=2)
            admin.ask("DELETE", f"/tasks/{task['id']}")
            assert [json.loads(process.stdout.readline()) for _ in range(4)] == [read(socket) for _ in range(4)]
            assert json.loads(process.stdout.readline()) == {"close": 1000}
        finally:
            process.kill()


def test_a_thousand_clients_get_one_event_each(taskflow_program):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 4_096:
        pytest.skip("too few descriptors for 1,000 clients")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4_096), hard))

    async def listen(server):
        clients = []
        for _ in range(20):
            clients += await asyncio.gather(
                *(connect_async(url(server), compression=None, open_timeout=30) for _ in range(50)))
        for client in clients:
            assert json.loads(await client.recv())["event"] == "connection.ready"
        task = await asyncio.to_thread(Client(server).create, "for all")
        for client in clients:
            event = json.loads(await asyncio.wait_for(client.recv(), 30))
            assert event["event"] == "task.created" and event["task"] == task
        # One each: the next message is the answer to a ping.
        for client in clients:
            await client.send('{"type":"ping"}')
        for client in clients:
            assert json.loads(await asyncio.wait_for(client.recv(), 30))["event"] == "pong"
        assert (await asyncio.to_thread(Client(server).json, "/tasks/system/ws"))["connectedClients"] == 1_000
        await asyncio.gather(*(client.close() for client in clients))

    with taskflow_program.start() as server:
        asyncio.run(listen(server))
