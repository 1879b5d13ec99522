"""Clients that were away: by WebSocket, by a stream of server-sent events, and by asking."""

import contextlib
import json
import socket
import subprocess
import threading

import pytest
from websockets.sync.client import connect

from client import Client
from contract import TIMESTAMP, assert_error
from documents import check_message
from test_taskflow_live import HANDSHAKE, OWN_TOKENS, assert_quiet, read, say, url

HISTORY = 10


@pytest.fixture(scope="module")
def short(taskflow_program):
    """A server that keeps ten events."""
    with taskflow_program.start("--history", str(HISTORY)) as server:
        yield server


def position(server) -> tuple[str, int]:
    """The name of the history, and the number of the last event."""
    answer = Client(server).json("/events")
    assert list(answer) == ["epoch", "seq", "events"] and answer["events"] == []
    return answer["epoch"], answer["seq"]


def since(sequence: int | str, epoch: str, more: str = "") -> str:
    return f"?since={sequence}&epoch={epoch}{more}"


def read_all(client, last: int) -> list[dict]:
    """What comes until the client has had all up to the event of that number: the answer to a ping says so."""
    messages, reached = [], -1
    while reached < last:
        client.send('{"type":"ping"}')
        while (message := read(client))["event"] != "pong":
            messages.append(message)
        reached = message["seq"]
    return messages


def numbers(messages: list[dict]) -> list[int]:
    return [message["seq"] for message in messages]


# WebSocket


def test_every_place_of_the_history_can_be_come_back_to(short):
    admin = Client(short)
    for number in range(15):
        admin.create(f"task {number}")
    epoch, last = position(short)
    for place in range(last - HISTORY, last + 1):
        with connect(url(short, since(place, epoch))) as client:
            ready = read(client)
            assert list(ready) == ["event", "clientId", "rooms", "heartbeat", "timestamp", "epoch", "seq", "recovered"]
            assert (ready["epoch"], ready["seq"], ready["recovered"]) == (epoch, last, True)
            assert numbers(read_all(client, last)) == list(range(place + 1, last + 1))
            task = admin.create("live")
            event = read(client)
            last += 1
            assert event["task"] == task and event["seq"] == last
            if place == last - 1 - HISTORY:
                break
    # One place further back an event is gone, and one further on there is none yet.
    epoch, last = position(short)
    for place in (last - HISTORY - 1, last + 1, 2 ** 63 - 1):
        with connect(url(short, since(place, epoch)), max_size=None) as client:
            ready = read(client)
            assert ready["recovered"] is False and ready["seq"] == last
            page, = read_all(client, last)
            assert list(page) == ["event", "tasks", "seq", "more"]
            assert page["event"] == "snapshot" and page["seq"] == last and page["more"] is False
            assert page["tasks"] == admin.json("/tasks")


@pytest.mark.parametrize("query", ["?since=0", "?since=0&epoch=", "?since=0&epoch=0000000000000000",
                                   "?since=0&epoch=%00%C3%A9", "?since=0&epoch=" + "f" * 8_000])
def test_another_history_or_none_is_not_recovered(taskflow, query):
    with connect(url(taskflow, query), max_size=None) as client:
        ready = read(client)
        assert ready["recovered"] is False
        assert read_all(client, ready["seq"])[-1]["event"] == "snapshot"


def test_an_empty_since_is_from_now_on(taskflow):
    Client(taskflow).create()
    epoch, last = position(taskflow)
    for query in ("?since=", f"?since=&epoch={epoch}", f"?since={last}&epoch={epoch}"):
        with connect(url(taskflow, query)) as client:
            ready = read(client)
            assert (ready["epoch"], ready["seq"], ready["recovered"]) == (epoch, last, True)
            assert say(client, type="ping") == {"event": "pong", "seq": last}


@pytest.mark.parametrize("value", ["-1", "+1", "1.0", "1e3", "x", "%201", "1,2", "9223372036854775808", "1" * 1_000,
                                   "%D9%A1"])
def test_a_since_that_is_no_number_is_422(taskflow, value):
    answers = [
        Client(taskflow, None).get(f"/ws/tasks?since={value}&epoch=x", *HANDSHAKE),
        Client(taskflow).get(f"/events?since={value}&epoch=x"),
        Client(taskflow).get(f"/events/stream?since={value}&epoch=x"),
    ]
    for answer in answers:
        assert_error(answer, 422, "VALIDATION_ERROR")
        error = json.loads(answer.body)["error"]
        assert error["details"] == {"field": "since"}
        assert error["message"] == "since must be a whole number from 0 to 9223372036854775807."


@pytest.mark.parametrize("value", ["-1", "1.0", '"1"', "true", "[]", "9223372036854775808", '1,"epoch":7'])
def test_so_is_one_in_a_message(taskflow, value):
    with connect(url(taskflow)) as client:
        read(client)
        client.send('{"type":"subscribe","rooms":["tasks"],"since":%s}' % value)
        assert read(client)["code"] == "INVALID_MESSAGE"
        assert_quiet(client)


def test_rooms_are_those_that_are_named_now(short):
    admin = Client(short)
    epoch, last = position(short)
    one, other = admin.create("one", project="a"), admin.create("other", project="b")
    admin.change(one["id"], project="b")
    admin.change(other["id"], title="changed")
    for rooms, expected in [("project-a", [1, 3]), ("project-b", [2, 3, 4]), (f"task-{other['id']}", [2, 4]),
                            (f"task-{one['id']},project-a", [1, 3]), ("nothing", []), ("tasks", [1, 2, 3, 4])]:
        with connect(url(short, since(last, epoch, f"&rooms={rooms}"))) as client:
            assert read(client)["recovered"] is True
            assert numbers(read_all(client, last + 4)) == [last + number for number in expected]
        with connect(url(short, since(last, "another", f"&rooms={rooms}"))) as client:
            assert read(client)["recovered"] is False
            page, = read_all(client, last + 4)
            names = rooms.split(",")
            assert page["tasks"] == [task for task in admin.json("/tasks") if "tasks" in names
                                     or f"project-{task['project']}" in names or f"task-{task['id']}" in names]


def test_a_message_begins_the_stream_anew(short):
    admin = Client(short)
    epoch, last = position(short)
    with connect(url(short)) as client:
        read(client)
        admin.create("one", project="a")
        admin.create("two", project="b")
        assert numbers(read_all(client, last + 2)) == [last + 1, last + 2]
        answer = say(client, type="subscribe", rooms=["project-b"], since=last, epoch=epoch)
        assert answer == {"event": "subscription.confirmed", "rooms": ["project-b"], "epoch": epoch, "seq": last + 2,
                          "recovered": True}
        assert numbers(read_all(client, last + 2)) == [last + 2]
        admin.create("three", project="a")
        admin.create("four", project="b")
        assert numbers(read_all(client, last + 4)) == [last + 4]
        answer = say(client, type="subscribe", rooms=["project-a"])
        assert answer == {"event": "subscription.confirmed", "rooms": ["project-a"], "epoch": epoch, "seq": last + 4}
        assert_quiet(client)
        assert say(client, type="subscribe", rooms=["project-a"], since=last, epoch="x")["recovered"] is False
        page, = read_all(client, last + 4)
        assert {task["project"] for task in page["tasks"]} == {"a"}
        assert say(client, type="subscribe", rooms=["tasks"], since=None)["recovered"] is True
        assert_quiet(client)


def fill(server, count: int, **fields) -> list[str]:
    """Makes that many tasks; their ids."""
    requests = b"".join(
        f"POST /tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: secret-admin-123\r\nContent-Length: {len(body)}\r\n\r\n"
        .encode() + body for body in (json.dumps({"title": f"t{number}"} | fields).encode() for number in range(count)))
    with server.connect() as connection:
        threading.Thread(target=connection.sendall, args=[requests]).start()
        received = b""
        while received.count(b"HTTP/1.1 201 ") < count or not received.endswith(b"}"):
            received += connection.recv(1 << 20)
    return [task["id"] for task in Client(server).json("/tasks")]


def pages(client) -> list[dict]:
    ready = read(client)
    assert ready["recovered"] is False
    found = [read(client)]
    while found[-1]["more"]:
        found.append(read(client))
    assert {page["seq"] for page in found} == {ready["seq"]}
    return found


def test_a_page_has_500_tasks(taskflow_program):
    for count, sizes in ((0, [0]), (499, [499]), (500, [500]), (501, [500, 1]), (1_001, [500, 500, 1])):
        with taskflow_program.start() as server:
            ids = fill(server, count) if count else []
            with connect(url(server, "?since=0&epoch=other"), max_size=None) as client:
                found = pages(client)
                assert [len(page["tasks"]) for page in found] == sizes
                assert [task["id"] for page in found for task in page["tasks"]] == ids


def test_a_page_of_large_tasks_has_fewer(fresh):
    ids = fill(fresh, 40, description="👍" * 9_000)
    with connect(url(fresh, "?since=0&epoch=other"), max_size=1 << 20) as client:
        found = pages(client)
        assert [task["id"] for page in found for task in page["tasks"]] == ids
        assert [len(page["tasks"]) for page in found] == [15, 15, 10], "no task is added behind 512 KiB"


def slow(server, query: str):
    """A client for which the system keeps little."""
    own = socket.socket()
    own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    own.connect(("127.0.0.1", server.port))
    return connect(url(server, query), sock=own, max_size=None)


def test_a_client_that_reads_slowly_misses_nothing_and_holds_no_memory(fresh):
    """18 MB of missed events, and more that come while it does not read."""
    admin = Client(fresh)
    epoch, last = position(fresh)
    fill(fresh, 300, description="\x01" * 10_000)
    before = fresh.resident_bytes()
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(slow(fresh, since(last, epoch))) for _ in range(10)]
        for client in clients:
            assert read(client)["recovered"] is True
        for number in range(100):
            admin.create(f"live {number}", description="\x01" * 10_000)
        assert admin.json("/tasks/system/ws")["bytesWaiting"] < 10 * (256 << 10)
        # The tasks themselves, and what waits for the clients.
        assert fresh.resident_bytes() - before < 10 * (512 << 10) + (12 << 20)
        for client in clients:
            assert [read(client)["seq"] for _ in range(400)] == list(range(last + 1, last + 401))
            assert_quiet(client)
        assert admin.json("/tasks/system/ws")["slowConsumersClosed"] == 0


def test_what_is_gone_before_it_was_sent_is_told(taskflow_program):
    """The client was promised all, and then reads so slowly that the log has dropped it."""
    with taskflow_program.start("--history", "300") as server:
        admin = Client(server)
        epoch, last = position(server)
        # What 18 MB do not fit into: the system's buffers.
        fill(server, 300, description="\x01" * 10_000)
        with slow(server, since(last, epoch)) as client:
            assert read(client)["recovered"] is True
            fill(server, 300, description="\x01" * 10_000)
            kinds, sequences = [], []
            while "snapshot" not in kinds or page["more"]:
                page = read(client)
                kinds.append(page["event"])
                if page["event"] == "task.created":
                    sequences.append(page["seq"])
            assert sequences == list(range(last + 1, last + 1 + len(sequences))), "none is left out before that"
            turn = kinds.index("subscription.confirmed")
            assert set(kinds[:turn]) == {"task.created"} and set(kinds[turn + 1:]) == {"snapshot"}
            admin.create("live")
            # The walk may have begun before the last of them was made.
            live = [read(client)["seq"] for _ in range(page["seq"], last + 601)]
            assert live == list(range(page["seq"] + 1, last + 602))
            assert_quiet(client)


def test_a_restart_is_no_gap(taskflow_program, tmp_path):
    store = ("--store", f"sqlite:{tmp_path}/tasks.db")
    with taskflow_program.start(*store) as server:
        admin = Client(server)
        epoch, last = position(server)
        for number in range(250):
            admin.create(f"task {number}", project="a" if number % 2 else "b")
    with taskflow_program.start(*store) as server:
        admin = Client(server)
        admin.create("after", project="a")
        assert position(server) == (epoch, last + 251)
        with connect(url(server, since(last, epoch))) as client:
            assert read(client)["recovered"] is True
            missed = read_all(client, last + 251)
            assert numbers(missed) == list(range(last + 1, last + 252))
            assert [event["task"] for event in missed] == admin.json("/tasks")
        with connect(url(server, since(last, epoch, "&rooms=project-a"))) as client:
            read(client)
            assert len(read_all(client, last + 251)) == 126
        assert Client(server).json("/events" + since(last, epoch, "&limit=1000"))["events"] == missed
    with taskflow_program.start("--store", "memory") as server:
        assert position(server)[0] != epoch


# Asking


def test_missed_events_are_one_answer(short):
    admin = Client(short)
    epoch, last = position(short)
    made = [admin.create(f"task {number}", project="a" if number % 2 else None) for number in range(4)]
    answer = admin.json("/events" + since(last, epoch))
    assert list(answer) == ["epoch", "seq", "events"] and (answer["epoch"], answer["seq"]) == (epoch, last + 4)
    assert [event["task"] for event in answer["events"]] == made
    assert list(answer["events"][0]) == ["event", "task", "seq", "requestId", "timestamp"]
    assert TIMESTAMP.fullmatch(answer["events"][0]["timestamp"])
    # A part at a time, the client goes on behind `seq`.
    for rooms, wanted in (("tasks", [1, 2, 3, 4]), ("project-a", [2, 4])):
        place, found = last, []
        while part := admin.json("/events" + since(place, epoch, f"&limit=1&rooms={rooms}"))["events"]:
            assert len(part) == 1
            place = part[0]["seq"]
            found.append(place - last)
        assert found == wanted
    assert admin.json("/events" + since(last + 4, epoch)) == {"epoch": epoch, "seq": last + 4, "events": []}
    assert Client(short, "secret-user-123").json("/events" + since(last, epoch, "&rooms=x"))["seq"] == last + 4
    head = Client(short).ask("HEAD", "/events" + since(last, epoch))
    assert head.status == 200 and not head.body


def test_what_is_gone_is_410(short):
    admin = Client(short)
    for _ in range(HISTORY + 2):
        admin.create()
    epoch, last = position(short)
    oldest = last - HISTORY
    assert len(admin.json("/events" + since(oldest, epoch))["events"]) == HISTORY
    for query in (since(oldest - 1, epoch), since(last + 1, epoch), since(last, "x"), f"?since={last}"):
        assert admin.refused(410, "HISTORY_GONE", "GET", "/events" + query) == {"epoch": epoch, "seq": last}


@pytest.mark.parametrize("query, field", [
    ("limit=0", "limit"), ("limit=1001", "limit"), ("limit=x", "limit"), ("rooms=", "rooms"), ("x=1", "x"),
    ("since=0&since=0", "since"), ("rooms=" + ",".join(map(str, range(129))), "rooms"),
])
def test_bad_parameters_are_422(taskflow, query, field):
    admin = Client(taskflow)
    assert admin.refused(422, "VALIDATION_ERROR", "GET", "/events?" + query) == {"field": field}
    assert admin.refused(422, "VALIDATION_ERROR", "GET", "/events/stream?" + query) == {"field": field}


def test_an_answer_has_an_end(fresh):
    admin = Client(fresh)
    epoch, last = position(fresh)
    fill(fresh, 1_001)
    answer = admin.json("/events" + since(last, epoch))
    assert numbers(answer["events"]) == list(range(last + 1, last + 101)) and answer["seq"] == last + 100
    answer = admin.json("/events" + since(last, epoch, "&limit=1000"))
    assert len(answer["events"]) == 1_000 and answer["seq"] == last + 1_000
    epoch, last = position(fresh)
    fill(fresh, 40, description="👍" * 9_000)
    answer = admin.json("/events" + since(last, epoch))
    assert numbers(answer["events"]) == list(range(last + 1, last + 30)), "none is added behind 1 MiB"
    assert answer["seq"] == last + 29


def test_reading_needs_a_token(taskflow_program):
    with taskflow_program.start(*OWN_TOKENS) as server:
        for path in ("/events", "/events/stream"):
            assert_error(Client(server, None).get(path), 401, "INVALID_TOKEN")
            assert_error(Client(server, "wrong").get(path), 401, "INVALID_TOKEN")
        Client(server, "the-user-of-the-tests").json("/events")
        with Stream(server, token="the-user-of-the-tests") as stream:
            assert stream.read()["event"] == "connection.ready"


# Server-sent events, as curl gets them


class Stream:
    """`curl -N`: what it writes, event by event."""

    def __init__(self, server, query: str = "", *fields: str, token: str | None = None):
        lines = [part for field in fields for part in ("-H", field)]
        if token:
            lines += ["-H", f"Authorization: Bearer {token}"]
        self.process = subprocess.Popen(
            ["curl", "-q", "-sS", "-N", "-i", *lines, f"http://127.0.0.1:{server.port}/events/stream{query}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.head = self.block().decode()
        self.last_id = None
        assert self.head.startswith("HTTP/1.1 200 ") and "Content-Type: text/event-stream\r\n" in self.head
        assert self.block() == b"retry: 2000\n"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def block(self) -> bytes:
        """All up to an empty line."""
        lines = []
        while (line := self.process.stdout.readline()) not in (b"\n", b"\r\n", b""):
            lines.append(line)
        return b"".join(lines)

    def read(self) -> dict:
        """The next message. The id is that of the last one that had one, as a browser has it."""
        data = None
        for line in self.block().decode().splitlines():
            name, _, value = line.partition(": ")
            if name == "id":
                self.last_id = value
            elif name == "data":
                assert data is None, "a message is one line"
                data = check_message(json.loads(value), of_stream=True)
            else:
                assert line == ":"
        return data


def test_a_stream_tells_what_happens(taskflow):
    admin = Client(taskflow)
    with Stream(taskflow) as stream, Stream(taskflow, "?rooms=project-a") as other:
        epoch, last = position(taskflow)
        ready = stream.read()
        assert list(ready) == ["event", "rooms", "timestamp", "epoch", "seq"]
        assert ready["event"] == "connection.ready" and ready["rooms"] == ["tasks"] and ready["epoch"] == epoch
        assert ready["seq"] == last and stream.last_id == f"{epoch}:{last}"
        assert other.read()["rooms"] == ["project-a"]
        one, two = admin.create("one\n\r\u2028"), admin.create("two", project="a")
        event = stream.read()
        assert event["event"] == "task.created" and event["task"] == one and stream.last_id == f"{epoch}:{last + 1}"
        assert stream.read()["task"] == two
        assert other.read()["task"] == two and other.last_id == f"{epoch}:{last + 2}"
        assert "Cache-Control: no-store\r\n" in stream.head


def test_a_stream_goes_on_behind_the_last_event_id(short):
    admin = Client(short)
    with Stream(short, "?since=") as stream:
        assert stream.read()["recovered"] is True
        admin.create("heard")
        stream.read()
    missed = [admin.create("missed"), admin.create("missed, too")]
    with Stream(short, "?since=0&epoch=x", f"Last-Event-ID: {stream.last_id}") as again:
        ready = again.read()
        assert ready["recovered"] is True and again.last_id is None, "it is not there before the events are"
        assert [again.read()["task"], again.read()["task"]] == missed
        live = admin.create("live")
        assert again.read()["task"] == live and again.last_id.endswith(f":{ready['seq'] + 1}")


@pytest.mark.parametrize("name", ["x", "5", ":5", "0000000000000000:5", "-1", "a:b:c"])
def test_an_id_of_another_history_gets_the_tasks(short, name):
    admin = Client(short)
    admin.create()
    epoch, last = position(short)
    with Stream(short, f"?since={last}&epoch={epoch}", f"Last-Event-ID: {name}") as stream:
        assert stream.read()["recovered"] is False and stream.last_id is None
        page = stream.read()
        assert page["event"] == "snapshot" and page["tasks"] == admin.json("/tasks") and page["more"] is False
        assert stream.last_id == f"{epoch}:{last}"


def test_only_the_last_page_has_an_id(fresh):
    ids = fill(fresh, 501)
    with Stream(fresh, "?since=0&epoch=x") as stream:
        stream.read()
        first = stream.read()
        assert len(first["tasks"]) == 500 and first["more"] and stream.last_id is None
        assert stream.read()["tasks"][0]["id"] == ids[500] and stream.last_id.endswith(":501")


def test_a_stream_that_is_read_slowly_misses_nothing_and_holds_no_memory(fresh):
    admin = Client(fresh)
    with contextlib.ExitStack() as stack:
        streams = [stack.enter_context(Stream(fresh)) for _ in range(10)]
        last = [stream.read() for stream in streams][-1]["seq"]
        before = fresh.resident_bytes()
        fill(fresh, 400, description="👍" * 10_000)
        # The tasks and events themselves, and what waits for the clients.
        assert fresh.resident_bytes() - before < 400 * 60_000 + 10 * (512 << 10) + (16 << 20)
        for stream in streams:
            assert [stream.read()["seq"] for _ in range(400)] == list(range(last + 1, last + 401))
        admin.create("live")
        assert {stream.read()["task"]["title"] for stream in streams} == {"live"}


def test_a_server_that_stops_ends_its_streams(taskflow_program):
    with taskflow_program.start("--grace", "30") as server, Stream(server) as stream:
        stream.read()
        server.process.terminate()
        assert server.wait(10) == 0 and stream.block() == b"" and stream.process.wait(10) == 0


def test_a_client_that_ends_its_side_ends_the_stream(taskflow):
    with taskflow.connect() as connection:
        connection.sendall(b"GET /events/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        received = b""
        while b"connection.ready" not in received:
            received += connection.recv(4096)
        connection.shutdown(1)
        while more := connection.recv(4096):
            received += more
        assert received.endswith(b"\r\n0\r\n\r\n")


def test_head_and_foreign_pages_get_no_stream(taskflow):
    answer = Client(taskflow).ask("HEAD", "/events/stream")
    assert answer.status == 200 and answer["Content-Type"] == "text/event-stream" and not answer.body
    answer = Client(taskflow, None).get("/events/stream", "Origin: http://example.org")
    assert_error(answer, 403, "FORBIDDEN_ORIGIN")


@pytest.mark.slow
def test_a_quiet_stream_has_a_comment_and_its_position(taskflow):
    admin = Client(taskflow)
    with Stream(taskflow, "?rooms=nothing") as stream:
        ready = stream.read()
        admin.create("not for it")
        assert stream.read() is None and stream.last_id == f"{ready['epoch']}:{ready['seq'] + 1}"


@pytest.mark.slow
def test_a_quiet_client_that_keeps_its_position_is_told_it(taskflow):
    admin = Client(taskflow)
    with connect(url(taskflow, "?since=&rooms=nothing")) as client, connect(url(taskflow, "?rooms=nothing")) as other:
        ready = read(client)
        read(other)
        admin.create("not for it")
        assert json.loads(client.recv(timeout=40)) == {"event": "position", "seq": ready["seq"] + 1}
        assert_quiet(other)
