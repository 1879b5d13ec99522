"""What operators scrape, as Prometheus' own programs read it: what is counted, what it costs, and who may ask."""

import json
import re
import shutil
import socket
import subprocess
import time

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text
from websockets.sync.client import connect

from client import ADMIN, Client
from documents import DOCS
from queue_client import Queue, Session
from test_taskflow_live import OWN_TOKENS
from wire import exchange

PROMTOOL = shutil.which("promtool")
OPEN = "application/openmetrics-text; version=1.0.0"
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="no promtool; Debian's package prometheus has it")


class Scrape(dict):
    """Samples by their names and labels: `scrape["taskflow_tasks", "project", "~", "state", "ready"]`."""

    def __init__(self, families):
        super().__init__()
        self.families = {family.name: family for family in families}
        for family in self.families.values():
            assert family.documentation and family.type != "unknown", family
            for sample in family.samples:
                key = (sample.name, *(part for pair in sample.labels.items() for part in pair))
                assert key not in self, f"{key} is there twice"
                self[key if len(key) > 1 else sample.name] = sample.value

    def of(self, name: str, **labels) -> float:
        """All samples of that name with these labels, together."""
        return sum(sample.value for family in self.families.values() for sample in family.samples
                   if sample.name == name and labels.items() <= sample.labels.items())


def scrape(client: Client, accept: str | None = None, path: str = "/metrics") -> Scrape:
    answer = client.get(path, *([f"Accept: {accept}"] if accept else []))
    assert answer.status == 200 and answer["Cache-Control"] == "no-store", answer
    text = answer.body.decode()
    if answer["Content-Type"].startswith(OPEN):
        assert text.endswith("\n# EOF\n")
        return Scrape(parse_openmetrics(text))
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8" and "EOF" not in text
    return Scrape(parse_text(text))


@pytest.fixture
def busy(fresh):
    """A server that has had something to do."""
    queue = Queue(fresh)
    for number in range(3):
        queue.add("mail", project=f"p{number % 2}")
    task = queue.take("mail")
    queue.fail(task, retryAfter=0)
    queue.complete(queue.take("mail"))
    queue.get("/tasks")
    queue.get("/tasks/count")
    queue.get("/tasks/no-task")
    queue.get("/nothing")
    return queue


@pytest.mark.parametrize("accept", [None, OPEN])
def test_what_has_happened_is_counted(busy, accept):
    seen = scrape(busy, accept)
    routes = dict(method="GET", route="/tasks/:id")
    assert seen.of("taskflow_http_requests_total", **routes, status="404") == 1
    assert seen.of("taskflow_http_requests_total", method="POST", route="/tasks", status="201") == 3
    assert seen.of("taskflow_http_requests_total", method="GET", route="/tasks/count", status="200") == 1
    assert seen.of("taskflow_http_requests_total", route="", status="404") == 1
    assert seen.of("taskflow_http_request_duration_seconds_count", **routes) == 1
    assert seen.of("taskflow_http_request_duration_seconds_bucket", **routes, le="+Inf") == 1
    assert seen.of("taskflow_http_connections") >= 1
    assert seen.of("taskflow_transitions_total", cause="claimed") == 2
    assert seen.of("taskflow_transitions_total", cause="retrying") == 1
    assert seen.of("taskflow_transitions_total", cause="completed") == 1
    assert seen.of("taskflow_transitions_total", cause="expired") == 0
    assert seen.of("taskflow_events_total", event="task.created") == 3
    assert seen.of("taskflow_tasks", state="completed") == 1 and seen.of("taskflow_tasks", state="ready") == 2
    assert seen.of("taskflow_tasks", project="p1") == 1 and seen.of("taskflow_tasks", project="other") == 0
    assert seen.of("taskflow_ready") == seen.of("taskflow_store_up") == 1
    assert seen.of("taskflow_log_events_total") == seen.of("taskflow_log_position") >= 7
    assert seen.of("process_cpu_seconds_total") > 0 and seen.of("process_resident_memory_bytes") > 1 << 20
    assert abs(seen.of("process_start_time_seconds") - time.time()) < 60


def test_counters_only_grow(busy):
    before, after = scrape(busy), scrape(busy)
    for family in before.families.values():
        for sample in family.samples if family.type in ("counter", "histogram") else []:
            assert after.of(sample.name, **sample.labels) >= sample.value, sample
    one = dict(method="GET", route="/metrics", status="200")
    assert after.of("taskflow_http_requests_total", **one) == before.of("taskflow_http_requests_total", **one) + 1


@pytest.mark.parametrize("accept, is_open", [
    ("*/*", False), ("text/plain", False), ("application/json", False), (f"{OPEN};q=0", False),
    ("text/plain;q=0.9," + OPEN, True),
    (f"{OPEN};q=0.2, text/plain;version=0.0.4;q=0.5", False), (f"{OPEN};q=x", False),
    ("application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
     "text/plain;version=0.0.4;q=0.3,*/*;q=0.2", True), ("APPLICATION/OpenMetrics-Text", True)])
def test_the_form_is_what_is_asked_for(taskflow, accept, is_open):
    answer = Client(taskflow).get("/metrics", f"Accept: {accept}")
    assert answer["Content-Type"].startswith(OPEN) == is_open


@needs_promtool
def test_promtool_has_nothing_to_say(busy):
    with connect(busy.server.websocket_url + "/ws/tasks"):
        text = busy.get("/metrics").body
    result = subprocess.run([PROMTOOL, "check", "metrics"], input=text, capture_output=True, timeout=60)
    assert result.returncode == 0 and not result.stdout + result.stderr, result


@needs_promtool
def test_the_alerts_are_rules_of_prometheus():
    command = [PROMTOOL, "check", "rules", DOCS / "deploy" / "alerts.yml"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0 and "SUCCESS" in result.stdout, result


def test_dashboard_and_alerts_ask_for_what_there_is(busy):
    names = {sample.name for family in scrape(busy).families.values() for sample in family.samples}
    board = json.loads((DOCS / "deploy" / "grafana.json").read_text())
    asked = [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
    asked += re.findall(r"expr: (.*)", (DOCS / "deploy" / "alerts.yml").read_text())
    used = {name for text in asked for name in re.findall(r"\b(?:taskflow|process)_\w+", text)}
    assert len(asked) > 15 and used <= names, used - names
    for panel in board["panels"]:
        assert panel["title"] and (panel["type"] == "row" or panel["targets"][0]["datasource"])


def test_it_needs_a_token(taskflow_program):
    with taskflow_program.start(*OWN_TOKENS) as server:
        assert Client(server, None).get("/metrics").status == 401
        assert Client(server, "wrong").get("/metrics").status == 401
        assert scrape(Client(server, OWN_TOKENS[3])).of("taskflow_ready") == 1


def test_many_projects_are_few_samples(fresh):
    queue = Queue(fresh)
    names = [f"n{number:04}" for number in range(120)] + ["other"]
    answer = queue.ask("POST", "/tasks/batch", {"tasks": [{"title": "a", "project": name} for name in names]})
    assert answer.status == 201
    for _ in range(3):
        seen = scrape(queue)
    projects = {sample.labels["project"] for sample in seen.families["taskflow_tasks"].samples}
    assert len(projects) == 52 and {"~", "other"} <= projects
    assert seen.of("taskflow_tasks") == len(names) and seen.of("taskflow_tasks", project="other") == len(names) - 50
    kept = sorted(projects - {"~", "other"})
    # One that has no tasks any more makes place for another.
    for task in queue.json(f"/tasks?project={kept[0]}"):
        assert queue.ask("DELETE", f"/tasks/{task['id']}").status == 204
    for _ in range(4):
        seen = scrape(queue)
    later = {sample.labels["project"] for sample in seen.families["taskflow_tasks"].samples}
    assert kept[0] not in later and later > set(kept[1:]) and len(later) == 52


def test_websockets_and_answers_that_were_cut_off(fresh):
    client = Client(fresh)
    with connect(fresh.websocket_url + "/ws/tasks"):
        seen = scrape(client)
        assert seen.of("taskflow_websocket_members") == 1
        assert seen.of("taskflow_http_requests_total", route="/ws/tasks", status="101") == 1
    with fresh.connect() as connection:
        connection.sendall(b"POST /tasks/claim HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + ADMIN.encode()
                           + b"\r\nContent-Length: 27\r\n\r\n" + b'{"worker":"w1","wait":30.5}')
        while scrape(client).of("taskflow_claims_waiting") != 1:
            pass
    while scrape(client).of("taskflow_http_requests_aborted_total") != 1:
        pass
    broken = exchange(fresh, b"no request\r\n\r\n").answers[0]
    assert broken.status == 400 and scrape(client).of("taskflow_http_requests_total", route="", status="400") == 1


def test_durations_are_those_of_the_answers(fresh):
    client = Client(fresh)
    assert client.ask("POST", "/tasks/claim", {"worker": "w", "wait": 0.3}).status == 200
    client.get("/health")
    seen, name = scrape(client), "taskflow_http_request_duration_seconds"
    claim = dict(method="POST", route="/tasks/claim")
    assert seen.of(f"{name}_bucket", **claim, le="0.25") == 0 and seen.of(f"{name}_bucket", **claim, le="5.0") == 1
    assert 0.29 <= seen.of(f"{name}_sum", **claim) < 3
    assert seen.of(f"{name}_bucket", route="/health", le="+Inf") >= 1


@pytest.mark.no_redis("what is measured is a file")
def test_appends_to_a_file_are_timed(taskflow_program, tmp_path):
    with taskflow_program.start("--store", f"sqlite:{tmp_path}/tasks.db") as server:
        client = Client(server)
        for _ in range(5):
            client.create()
        seen = scrape(client)
        assert seen.of("taskflow_log_append_duration_seconds_count") == 5 == seen.of("taskflow_log_events_total")
        assert seen.of("taskflow_log_append_duration_seconds_sum") > 0 == seen.of("taskflow_log_append_failures_total")


class TestPort:
    """`--metrics-port`: another port, for this machine alone."""

    @pytest.fixture(scope="class")
    @classmethod
    def beside(cls, taskflow_program):
        with taskflow_program.start(*OWN_TOKENS, "--metrics-port", "0") as server:
            deadline = time.monotonic() + 20
            while not (found := re.search(r"Metrics at http://127\.0\.0\.1:(\d+)/metrics", server.output())):
                assert time.monotonic() < deadline
            yield Beside(int(found[1]))

    def test_it_needs_no_token(self, beside):
        assert scrape(Client(beside, None)).of("taskflow_ready") == 1

    def test_it_has_nothing_else(self, beside):
        assert Client(beside, None).get("/tasks").status == 404
        assert Client(beside, None).ask("POST", "/metrics").status == 405

    def test_no_page_reaches_it_under_a_name_of_its_own(self, beside):
        assert Client(beside, None).ask("GET", "/metrics", host="elsewhere.example").status == 403
        assert Client(beside, None).ask("GET", "/metrics", host="localhost").status == 200

    def test_flags(self, taskflow_program):
        for flags in (["--metrics-port", "x"], ["--metrics-port", "65536"],
                      ["--metrics-port", "0", "--processes", "2", "--store", "redis://localhost"]):
            result = subprocess.run([taskflow_program.binary, *flags], capture_output=True, text=True, timeout=30)
            assert result.returncode == 64 and "--metrics-port" in result.stderr, result

    def test_a_port_in_use_ends_the_start(self, taskflow_program, beside):
        result = subprocess.run(
            [taskflow_program.binary, "--port", "0", "--store", "memory", "--metrics-port", str(beside.port)],
            capture_output=True, text=True, timeout=30)
        assert result.returncode == 1 and "for the metrics" in result.stderr, result


class Beside:
    """The other port, to be asked as a server is."""

    def __init__(self, port: int):
        self.port = port

    def connect(self, timeout: float = 15):
        return socket.create_connection(("127.0.0.1", self.port), timeout)


def cpu(server) -> float:
    """Seconds that the processors have worked for it."""
    fields = open(f"/proc/{server.process.pid}/stat").read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def test_a_scrape_costs_no_more_than_ten_looks_at_the_health(fresh):
    """At 100,000 tasks in 1,000 projects."""
    session = Session(fresh)
    for start in range(0, 100_000, 1_000):
        tasks = [{"title": "t", "project": f"p{(start + i) % 1_000}"} for i in range(1_000)]
        session.done("/tasks/batch", {"tasks": tasks})

    def cost(path: str, count: int) -> float:
        before = cpu(fresh)
        for _ in range(count):
            session.connection.request("GET", path, headers={"Authorization": f"Bearer {ADMIN}"})
            assert session.connection.getresponse().read()
        return (cpu(fresh) - before) / count

    cost("/metrics", 10), cost("/health", 100)
    health, metrics = cost("/health", 10_000), cost("/metrics", 1_500)
    assert metrics <= 10 * health, f"{metrics * 1e6:.0f} µs, and {health * 1e6:.0f} µs for /health"
