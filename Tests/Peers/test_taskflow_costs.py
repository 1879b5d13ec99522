"""What costs a client little must not cost the server much: its CPU seconds and bytes, never the time on a clock.

Texts with very many marks cost what other texts of their length cost; an answer that is not read holds no tasks; a
change costs the edges that change; a list that looks at many tasks lets others have their turn.
"""

import json
import re
import select
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from websockets.sync.client import connect

from client import ADMIN, Client
from queue_client import Parked, Queue, fence, store_at, until
from wire import head, parse_answers, receive

KIBIBYTE, MEBIBYTE = 1 << 10, 1 << 20


def cpu_seconds(server) -> float:
    """What the server's threads have used so far, by the scheduler's own count."""
    tasks = Path(f"/proc/{server.process.pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def cost(server, ask) -> float:
    before = cpu_seconds(server)
    ask()
    return cpu_seconds(server) - before


def marks(size: int, base: str = "a") -> str:
    """A letter with so many marks that there are `size` bytes; the marks are not in the order of their classes."""
    count = (size - 1) // 4
    return (base + "\u0301" * count + "\u0316" * count).ljust(size - count * 4 - 1 + 1 + count * 2, "a")


def assert_costs_as_ascii(server, ask, size: int) -> None:
    """`ask` with text of marks costs about what it costs with as many bytes of ASCII. Normalised it would be thousands
    of times as much: a second for 64 KiB."""
    texts = marks(size), "a" * size
    assert len(texts[0].encode()) == len(texts[1].encode())
    strange, plain = (cost(server, lambda text=text: ask(text)) for text in texts)
    # UTF-8 is checked byte for byte, where ASCII is by words.
    assert strange < 10 * plain + 0.05, (strange, plain)


# Bodies

SIZES = [64 * KIBIBYTE, 256 * KIBIBYTE, MEBIBYTE - KIBIBYTE]
BODIES = {
    "a member's name": lambda text: {text: 1, "title": "t"},
    "many names": lambda text: {text[:len(text) // 2]: 1, text[len(text) // 2:]: [{"x": 1}], "title": "t"},
    "a value that is skipped": lambda text: {"x": {"y": [text]}, "title": "t"},
    "title": lambda text: {"title": text},
    "description": lambda text: {"title": "t", "description": text},
    "status": lambda text: {"title": "t", "status": text},
    "priority": lambda text: {"title": "t", "priority": text},
    "project": lambda text: {"title": "t", "project": text},
    "dependencies": lambda text: {"title": "t", "dependencies": [text, text[:100]]},
    "no object": lambda text: text,
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body(taskflow, body, size):
    admin = Client(taskflow)
    task = admin.create()

    def ask(text):
        raw = json.dumps(body(text), ensure_ascii=False).encode()
        for method, path in ("POST", "/tasks"), ("PATCH", f"/tasks/{task['id']}"):
            assert admin.ask(method, path, raw=raw).status in (200, 201, 422)

    assert_costs_as_ascii(taskflow, ask, size if body is not BODIES["many names"] else size - 100)


def test_a_title_in_another_spelling_is_a_change(taskflow):
    admin = Client(taskflow)
    task = admin.create(title="\u00e9")
    with connect(f"ws://127.0.0.1:{taskflow.port}/ws/tasks?rooms=task-{task['id']}") as listener:
        listener.recv(timeout=10)
        assert admin.change(task["id"], title="e\u0301")["title"] == "e\u0301"
        assert json.loads(listener.recv(timeout=10))["changes"] == ["title"]


# Messages


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("message", [
    lambda text: {"type": "ping", text: 1}, lambda text: {"type": text}, lambda text: [text],
    lambda text: {"type": "subscribe", "rooms": [text]}, lambda text: {"type": "unsubscribe", "rooms": ["x", text]},
], ids=["name", "type", "no object", "room to enter", "room to leave"])
def test_a_message(taskflow, message, size):
    with connect(f"ws://127.0.0.1:{taskflow.port}/ws/tasks", max_size=None) as client:
        client.recv(timeout=10)

        def ask(text):
            client.send(json.dumps(message(text), ensure_ascii=False))
            assert json.loads(client.recv(timeout=30))["event"] in ("pong", "error")

        assert_costs_as_ascii(taskflow, ask, size)


# Heads, without a token


@pytest.mark.parametrize("name", ["Origin", "Authorization", "Sec-WebSocket-Protocol", "X-Request-Id", "If-Match",
                                  "If-None-Match", "Cookie", "Accept-Encoding"])
@pytest.mark.parametrize("prefix", ["", "Bearer ", "taskflow.bearer.", "\"1\", W/"])
def test_a_field(taskflow, name, prefix):
    def ask(text):
        value = (prefix + text).encode().decode("latin-1")
        for method, path in ("GET", "/tasks"), ("POST", "/tasks"), ("GET", "/ws/tasks"):
            request = head(method, path, f"{name}: {value}", "Connection: close", "Upgrade: websocket")
            with taskflow.connect() as connection:
                connection.sendall(request)
                answer, = parse_answers(receive(connection)[0])
            assert 400 <= answer.status < 500, answer

    assert_costs_as_ascii(taskflow, ask, 15 * KIBIBYTE)


def percent_encoded(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


@pytest.mark.parametrize("path", ["/tasks?project={}", "/tasks?status={}", "/tasks?order={}", "/tasks?after={}",
                                  "/tasks?{}=1", "/tasks/{}", "/tasks/reports/{}", "/{}", "/demo/stream/csv?count={}"])
def test_a_target(taskflow, path):
    admin = Client(taskflow)
    if not admin.json("/tasks?limit=1&project=costs"):
        for _ in range(200):
            admin.create(project="costs")

    def ask(text):
        assert admin.get(path.format(percent_encoded(text))).status in (200, 404, 422)

    assert_costs_as_ascii(taskflow, ask, 5 * KIBIBYTE)


def test_the_sign_of_kelvin_is_no_k(taskflow):
    admin = Client(taskflow)
    admin.create(project="K")
    admin.create(project="K")
    assert len(admin.json("/tasks?project=K")) == 2
    answer = admin.get("/tasks?project=%E2%84%AA&limit=1")
    assert answer.status == 200 and json.loads(answer.body) == [] and answer["Link"] is None


# Answers that are not read

MANY = 20_000


def create_many(server, bodies: list[bytes]) -> list[str]:
    ids = []
    with server.connect() as connection:
        for start in range(0, len(bodies), 100):
            batch, received = bodies[start:start + 100], bytearray()
            connection.sendall(b"".join(
                head("POST", "/tasks", f"Authorization: {ADMIN}", f"Content-Length: {len(body)}") + body for body in batch))
            while received.count(b"HTTP/1.1 ") < len(batch) or not received.endswith(b"}"):
                received += connection.recv(1 << 20)
            answers = parse_answers(bytes(received))
            assert {answer.status for answer in answers} == {201}
            ids += [json.loads(answer.body)["id"] for answer in answers]
    return ids


@pytest.fixture(scope="module")
def crowded(taskflow_program):
    """A taskflow with many tasks, of which no test changes much."""
    with taskflow_program.start() as server:
        server.ids = create_many(server, [b'{"title":"one of many"}'] * MANY)
        yield server


@contextmanager
def unread(server, request: bytes, clients: int):
    """That many clients which ask and read nothing, while their answers begin; others are answered as ever."""
    with ExitStack() as stack:
        for _ in range(clients):
            connection = stack.enter_context(server.connect())
            connection.sendall(request)
        for _ in range(20):
            Client(server).json("/tasks/count")
        yield


@pytest.mark.parametrize("path", ["/tasks", "/tasks/queue", "/tasks/resolve", "/tasks?limit=1000", "/tasks/export.csv",
                                  "/tasks/stream.ndjson", "/tasks?order=newest"])
def test_answers_that_are_not_read_hold_no_tasks(crowded, path):
    before = crowded.resident_bytes()
    with unread(crowded, head("GET", path, f"Authorization: {ADMIN}"), clients=60):
        # Sixty pieces and buffers, and for some a list of 16 bytes a task; the tasks are 4 MB and more.
        assert crowded.resident_bytes() - before < 24 * MEBIBYTE


@pytest.mark.parametrize("path", ["/tasks?limit=1000", "/tasks?limit=1000&order=newest&status=pending", "/tasks/resolve"])
def test_answers_behind_others_hold_nothing_yet(crowded, path):
    before = crowded.resident_bytes()
    with unread(crowded, head("GET", path, f"Authorization: {ADMIN}") * 60, clients=60):
        assert crowded.resident_bytes() - before < 24 * MEBIBYTE, "as much as one answer a connection"


def test_a_circle_that_is_not_read_holds_no_copy(taskflow_program):
    with taskflow_program.start() as server:
        admin = Client(server)
        ids = create_many(server, [b'{"title":"one of many"}'] * 5_000)
        for id, needed in zip(ids, ids[1:] + ids[:1]):
            admin.change(id, dependencies=[needed])
        answer = admin.get("/tasks/resolve")
        path = json.loads(answer.body)["error"]["details"]["cyclePath"]
        assert answer.status == 409 and path == ids + ids[:1]
        before = server.resident_bytes()
        with unread(server, head("GET", "/tasks/resolve", f"Authorization: {ADMIN}"), clients=60):
            assert server.resident_bytes() - before < 8 * MEBIBYTE


def test_a_queue_that_is_read_late_shows_the_tasks_as_they_are_then(taskflow_program):
    with taskflow_program.start() as server, server.connect() as late:
        admin = Client(server)
        ids = create_many(server, [json.dumps({"title": "x" * 500}).encode()] * 20_000)
        late.sendall(head("GET", "/tasks/queue", f"Authorization: {ADMIN}", "Connection: close"))
        while not select.select([late], [], [], 10)[0]:
            pass
        admin.change(ids[-1], title="changed")
        assert admin.ask("DELETE", f"/tasks/{ids[-2]}").status == 204
        created = admin.create(title="new")
        answer, = parse_answers(receive(late)[0])
        tasks = json.loads(answer.body)
        assert [task["id"] for task in tasks] == ids[:-2] + ids[-1:] and tasks[-1]["title"] == "changed"
        assert created["id"] not in {task["id"] for task in tasks}


# A turn for others


def iterations(server) -> int:
    return Client(server).json("/tasks/system/loop")["iterations"]


@pytest.mark.parametrize("method, path", [
    ("GET", "/tasks/resolve"), ("HEAD", "/tasks/resolve"), ("GET", "/tasks?limit=1&type=none"),
    ("HEAD", "/tasks?limit=1&type=none"), ("GET", "/tasks?limit=1&type=none&order=newest"),
])
def test_what_looks_at_many_tasks_lets_others_have_their_turn(crowded, method, path):
    # Something has changed, so that no answer is at hand.
    Client(crowded).change(crowded.ids[0], title="again")
    before = iterations(crowded)
    spent = cost(crowded, lambda: Client(crowded).ask(method, path))
    # A step ends 2 ms after it has begun; as much again is for the task that it was at, and for the answer.
    assert iterations(crowded) - before >= spent / 0.004


@pytest.mark.parametrize("query", ["state=failed", "status=failed&order=newest", "state=failed&project=few", "project=few",
                                   "worker=none", "state=cancelled&order=newest"])
def test_a_list_of_few_among_many_looks_at_those_alone(crowded, query):
    """Twenty of them cost less than two lists that look at all 20,000 tasks."""
    scan = cost(crowded, lambda: [Client(crowded).get("/tasks?limit=100&type=none") for _ in range(2)])
    found = cost(crowded, lambda: [Client(crowded).get(f"/tasks?limit=100&{query}") for _ in range(20)])
    assert found < scan, query


def test_a_client_that_pipelines_searches_has_one_at_a_time(crowded):
    """So that the turn of a new client comes when each of the others has had one, not each of their requests."""
    search = head("HEAD", "/tasks?limit=1&type=none", f"Authorization: {ADMIN}")
    alone = cost(crowded, lambda: ask_heads(crowded, "/tasks?limit=1&type=none", 1))
    with ExitStack() as stack:
        for _ in range(4):
            connection = stack.enter_context(crowded.connect())
            connection.sendall(search * 60)
        beside = cost(crowded, lambda: ask_heads(crowded, "/tasks?limit=1&type=none", 1))
        assert beside < 20 * alone + 0.05, "four others, and not the 240 searches that they ask for"


def test_reports_that_wait_share_their_summary(taskflow_program):
    with taskflow_program.start() as server:
        create_many(server, [b'{"title":"one of many"}'] * 20_000)

        def reports(count: int) -> None:
            start = head("GET", "/demo/cpu/worker/start?heavyIterations=1")
            with server.connect(timeout=60) as connection:
                connection.sendall(start * (count - 1) + head(
                    "GET", "/demo/cpu/worker/start?heavyIterations=1", "Connection: close"))
                answers = parse_answers(receive(connection)[0], ["GET"] * count)
            last = [json.loads(answer.body)["jobId"] for answer in answers if answer.status == 202][-1]
            while Client(server).json(f"/demo/cpu/worker/jobs/{last}")["status"] in ("queued", "running"):
                pass

        one = cost(server, lambda: reports(1))
        assert cost(server, lambda: reports(60)) < 10 * one + 0.1


def ask_heads(server, path: str, count: int) -> None:
    request = head("HEAD", path, f"Authorization: {ADMIN}")
    with server.connect(timeout=60) as connection:
        connection.sendall(request * (count - 1) + head("HEAD", path, f"Authorization: {ADMIN}", "Connection: close"))
        answers = parse_answers(receive(connection)[0], ["HEAD"] * count)
    assert [answer.status for answer in answers] == [200] * count


def test_fifty_pipelined_heads_of_an_order_are_one_order(crowded):
    admin = Client(crowded)
    admin.change(crowded.ids[0], title="before one")
    one = cost(crowded, lambda: ask_heads(crowded, "/tasks/resolve", 1))
    admin.change(crowded.ids[0], title="before fifty")
    assert cost(crowded, lambda: ask_heads(crowded, "/tasks/resolve", 50)) < 3 * one + 0.05


@pytest.mark.parametrize("path", ["/tasks", "/tasks/queue", "/tasks/export.csv", "/tasks/stream.ndjson", "/tasks?project=none"])
def test_head_of_what_goes_out_in_pieces_looks_at_no_task(crowded, path):
    get = cost(crowded, lambda: [Client(crowded).get(path) for _ in range(2)])
    heads = cost(crowded, lambda: ask_heads(crowded, path, 100))
    assert heads < 50 * get / 4 + 0.02, "a hundred cost less than a quarter of so many answers"


def test_head_of_a_page_has_the_link_that_get_has(crowded):
    admin = Client(crowded)
    for path in "/tasks?limit=3", "/tasks?limit=1000&order=newest", "/tasks?limit=1&type=none":
        got, headed = admin.get(path), admin.ask("HEAD", path)
        assert got["Link"] == headed["Link"] and headed.body == b"", path
    assert admin.ask("HEAD", "/tasks/reports/blocking?iterations=1000000000").status == 200
    assert cost(crowded, lambda: admin.ask("HEAD", "/tasks/reports/blocking?iterations=1000000000")) < 0.5


# Edges


def test_a_deletion_costs_the_edges_that_go(fresh):
    """Of 1,000 tasks that need 1,000 others each, and of 1,000 that need but one: the same."""
    admin = Client(fresh)
    needed = create_many(fresh, [b'{"title":"needed"}'] * 1_001)
    costs = []
    for place, needs in (0, needed[:1]), (1_000, needed[1:]):
        body = json.dumps({"title": "t", "dependencies": needs}).encode()
        dependents = create_many(fresh, [body] * 1_000)
        costs.append(cost(fresh, lambda place=place: admin.ask("DELETE", f"/tasks/{needed[place]}")))
        assert admin.json(f"/tasks/{dependents[-1]}")["dependencies"] == needs[:-1]
    # Of each a list of ids is copied, 16 KB; with all of their edges it was a second.
    assert costs[1] < 20 * costs[0] + 0.05, costs


def test_a_change_to_a_task_with_many_edges_costs_what_changes(fresh):
    admin = Client(fresh)
    needed = create_many(fresh, [b'{"title":"needed"}'] * 1_000)
    many, none = admin.create(dependencies=needed), admin.create()

    def change(task) -> None:
        for number in range(20):
            admin.change(task["id"], title=f"title {number}", priority=number, project=f"p{number}")

    few, all = cost(fresh, lambda: change(none)), cost(fresh, lambda: change(many))
    # The answer has 39 KB more.
    assert all < 30 * few + 0.05, (few, all)


# Memory of the log


@pytest.mark.parametrize("changes", [3_000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_the_log_is_bounded_by_bytes(fresh, changes):
    admin = Client(fresh)
    task = admin.create()
    before = fresh.resident_bytes()
    with fresh.connect(timeout=60) as connection:
        for number in range(changes):
            body = json.dumps({"description": chr(97 + number % 26) * 40, "title": str(number)})
            body = body.replace('"' + chr(97 + number % 26) * 40, '"' + "\u20ac" * 9_900).encode()
            connection.sendall(head("PATCH", f"/tasks/{task['id']}", f"Authorization: {ADMIN}",
                                    f"Content-Length: {len(body)}") + body)
            received = b""
            while not received.endswith(b"}"):
                received += connection.recv(1 << 20)
            assert received.startswith(b"HTTP/1.1 200 ")
    assert admin.ask("DELETE", f"/tasks/{task['id']}").status == 204
    assert fresh.resident_bytes() - before < 80 * MEBIBYTE


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_ends_that_many_wait_for_cost_those_and_not_all_that_these_need(taskflow_program, tmp_path, store):
    """A hundred ends in one call, of tasks that 300 others need with 99 and with 999 more."""
    costs = []
    for needs in (100, 1_000):
        (tmp_path / str(needs)).mkdir()
        with taskflow_program.start("--store", store_at(store, tmp_path / str(needs))) as server:
            queue = Queue(server)
            needed = [task["id"] for task in queue.batch(*({"type": "need"} for _ in range(needs)))]
            for _ in range(30):
                queue.batch(*({"type": "dependent", "dependencies": needed} for _ in range(10)))
            tasks = queue.claim("need", limit=100)
            ends = [{"id": task["id"], "fence": fence(task)} for task in tasks]
            costs.append(cost(server, lambda: queue.done("/tasks/work", {"worker": "w", "complete": ends})))
    assert costs[1] < 4 * costs[0] + 0.1, costs


def test_claims_that_name_other_projects_cost_little(taskflow_program):
    """800 claims wait with 64 names of projects each, and 1,000 tasks of other projects come in one batch."""
    with taskflow_program.start("--store", "memory") as server, Parked(server) as parked:
        names = [f"{number:060}" for number in range(64)]
        for number in range(800):
            parked.ask("/tasks/claim", {"worker": f"w{number // 16}", "projects": names, "wait": 60})
        until(lambda: "taskflow_claims_waiting 800" in Client(server).get("/metrics").body.decode())
        tasks = [{"title": "t", "type": f"t{number}", "project": f"other-{number % 10}"} for number in range(1_000)]
        # The lanes are looked through in portions, one between two answers at least.
        answers = lambda: [Client(server).get("/health") for _ in range(300)]
        assert cost(server, lambda: (Queue(server).batch(*tasks), answers())) < 1
