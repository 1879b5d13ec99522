"""What the documents say of the interface is what the server does: schemathesis asks it, with what they allow and with
what they do not."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import openapi_spec_validator
import pytest

from client import Client
from documents import DOCS, document, validator
from queue_client import Queue
from test_taskflow_live import OWN_TOKENS

ADMIN, USER = OWN_TOKENS[1], OWN_TOKENS[3]
HERE = Path(__file__).parent / "openapi"
# These do not end, or are no HTTP.
ENDLESS = "^/events/stream$|^/ws/tasks$"


@pytest.fixture(scope="module")
def guarded(taskflow_program):
    """A server with tokens of its own, so that what needs one can be told from what needs none."""
    with taskflow_program.start(*OWN_TOKENS, "--demo") as server:
        yield server


def test_the_documents_keep_to_their_own_standards():
    openapi_spec_validator.validate(document("openapi"))
    for name in ("openapi", "asyncapi"):
        for schema in document(name)["components"]["schemas"]:
            validator(name, schema)  # One that is none, or that names what is not there, is refused.


def references(part):
    """All `$ref` within a part of a document."""
    if isinstance(part, dict):
        yield from (value for key, value in part.items() if key == "$ref" and isinstance(value, str))
        part = list(part.values())
    if isinstance(part, list):
        for item in part:
            yield from references(item)


@pytest.mark.parametrize("name", ["openapi", "asyncapi"])
def test_each_reference_leads_somewhere_and_each_part_is_used(name):
    used = set()
    for source in ("openapi", "asyncapi"):
        for reference in references(document(source)):
            file, _, pointer = reference.partition("#/")
            if (file or f"{source}.json") != f"{name}.json":
                continue
            target = document(name)
            for key in pointer.split("/"):
                assert key in target, f"{reference} in {source}.json leads nowhere"
                target = target[key]
            used.add(pointer)
    components = document(name)["components"]
    parts = {f"components/{kind}/{part}" for kind in components.keys() - {"securitySchemes"} for part in components[kind]}
    assert not parts - used


def test_api_md_names_the_same_paths():
    text = (DOCS / "api.md").read_text()
    named = set()
    for methods, path in re.findall(r"`((?:GET|POST|PUT|PATCH|DELETE)) (/[^`?\s]*)", text):
        named |= {(methods.lower(), re.sub(r":(\w+)", r"{\1}", path).rstrip("*"))}
    described = {(method, path) for path, item in document("openapi")["paths"].items() for method in item}
    missing = {(method, path) for method, path in named if (method, path) not in described and not path.endswith("/")}
    assert missing <= {("get", "/tasks/reports/{jobId}"), ("post", "/tasks/{id}/…")}, missing


@pytest.mark.parametrize("name", ["openapi", "asyncapi"])
def test_the_server_has_the_documents_in_it(guarded, name):
    nobody = Client(guarded, token=None)
    answer = nobody.get(f"/{name}.json")
    assert answer.status == 200 and answer["Content-Type"] == "application/json; charset=utf-8"
    assert answer.body == (DOCS / f"{name}.json").read_bytes()
    tag = answer["ETag"]
    assert re.fullmatch('"[0-9a-f]{16}"', tag) and answer["Cache-Control"] == "no-cache"
    for known in (tag, f"W/{tag}", "*", f'"other", {tag}'):
        again = nobody.get(f"/{name}.json", f"If-None-Match: {known}")
        assert again.status == 304 and not again.body and again["ETag"] == tag, known
    for other in ('"other"', tag[1:-1], f"{tag[:-2]}\""):
        assert nobody.get(f"/{name}.json", f"If-None-Match: {other}").status == 200, other
    assert nobody.get(f"/{name}.json", f"If-Match: {tag}").status == 200
    assert nobody.get(f"/{name}.json", f"If-Match: W/{tag}").status == 412
    head = nobody.ask("HEAD", f"/{name}.json")
    assert head.status == 200 and head["ETag"] == tag
    assert nobody.ask("POST", f"/{name}.json").status == 405


def test_a_page_of_another_place_may_read_them(taskflow):
    assert Client(taskflow, token=None).get("/openapi.json", "Origin: http://elsewhere.example").status == 200


def test_what_needs_a_token_is_what_the_document_says(guarded):
    """Each end point without one, and with the token of a user."""
    nobody, user = Client(guarded, token=None), Client(guarded, token=USER)
    for path, item in document("openapi")["paths"].items():
        path = re.sub(r"\{\w+\}", "00000000-0000-0000-0000-000000000000", path)
        for method, operation in item.items():
            if re.match(ENDLESS, path) or path.startswith("/demo/"):
                continue
            is_open = operation.get("security") == []
            assert (nobody.ask(method.upper(), path).status != 401) == is_open, (method, path)
            if method != "get" and not is_open:
                assert user.ask(method.upper(), path, {}).status == 403, (method, path)


def run(server, folder: Path, *arguments: str) -> None:
    command = [
        Path(sys.executable).with_name("st"), "--config-file", HERE / "schemathesis.toml", "run", DOCS / "openapi.json",
        "--url", server.url, "--exclude-path-regex", ENDLESS, "--no-color", *arguments]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1",
                                "TASKFLOW_TOKEN": ADMIN}
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=900)
    # A body may have a megabyte of digits.
    lines = [line[:4_000] for line in result.stdout.splitlines()]
    assert result.returncode == 0, "\n".join(lines[-150:]) + result.stderr[-2_000:]


@pytest.mark.plain_only("the documents are about what is spoken, and not about what lies below")
def test_the_server_keeps_to_the_document(guarded, tmp_path):
    run(guarded, tmp_path, "--phases", "examples,coverage", "--seed", "1")
    # Whatever it was sent, it can be asked still.
    assert Client(guarded, ADMIN).get("/ready").status == 200


@pytest.mark.slow
@pytest.mark.plain_only("the documents are about what is spoken, and not about what lies below")
def test_the_server_keeps_to_the_document_at_length(guarded, tmp_path):
    run(guarded, tmp_path, "--phases", "fuzzing", "--max-examples", "100")
    run(guarded, tmp_path, "--phases", "stateful", "--max-examples", "50")


def test_a_title_is_more_than_white_space(guarded):
    """What JavaScript's `trim` takes off, in whatever engine reads the document's pattern."""
    client = Client(guarded, ADMIN)
    white = {*range(0x09, 0x0E), 0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF}
    for code in white | {*range(0x100), *range(0x1FF0, 0x2070), 0x180E, 0x1F600}:
        task = {"title": chr(code)}
        assert validator("openapi", "NewTask").is_valid(task) == (code not in white), hex(code)
        assert client.ask("POST", "/tasks", task).status == (422 if code in white else 201), hex(code)


@pytest.mark.parametrize("status", ["pending", "in-progress", "completed", "failed"])
@pytest.mark.parametrize(("start", "isLater"), [
    ({}, False), ({"runAt": None}, False), ({"runAt": "2024-01-31T06:53:33Z"}, True), ({"delay": 0}, True),
    ({"delay": 60, "runAt": None}, True)], ids=str)
def test_only_what_is_pending_begins_later(guarded, start, isLater, status):
    """By the document, by the answer and by what it says."""
    client = Client(guarded, ADMIN)
    task = {"title": "a", "status": status} | start
    isAllowed = status == "pending" or not isLater
    for schema, path, body in (("NewTask", "/tasks", task), ("BatchTask", "/tasks/batch", {"tasks": [task]})):
        assert validator("openapi", schema).is_valid(task) == isAllowed, schema
        answer = client.ask("POST", path, body)
        assert answer.status == (201 if isAllowed else 422), answer.body
        assert isAllowed or "of a task that is pending" in json.loads(answer.body)["error"]["message"]


def test_answers_of_the_work_queue_are_as_the_document_has_them(fresh):
    """What chance does not come by: a task that is claimed, goes on, is told of and comes to its end."""
    queue = Queue(fresh)

    def checked(schema: str, method: str, path: str, body=None) -> dict:
        answer = queue.ask(method, path, body)
        made = json.loads(answer.body)
        validator("openapi", schema if answer.status < 400 else "Error").validate(made)
        return made

    first = checked("Task", "POST", "/tasks", {
        "title": "a", "type": "t", "project": "p", "payload": {"n": [1]}, "runAt": None})
    second = checked("Task", "POST", "/tasks", {
        "title": "b", "type": "t", "dependencies": [first["id"]], "unique": {"key": "k"}})
    assert checked("Task", "POST", "/tasks", {"title": "b", "unique": {"key": "k"}})["duplicate"] is True
    for blocker in queue.json(f"/tasks/{second['id']}/blockers"):
        validator("openapi", "Blocker").validate(blocker)
    claim = checked("Claimed", "POST", "/tasks/claim", {"worker": "w", "limit": 10})
    (task,) = claim["tasks"]
    hold = {"fence": task["lease"]["fence"]}
    checked("Renewed", "POST", f"/tasks/{task['id']}/renew", hold | {"progress": {"percent": 50, "note": "half"}})
    assert checked("FullTask", "GET", f"/tasks/{task['id']}?view=full")["progress"]["percent"] == 50
    failed = checked("FullTask", "POST", f"/tasks/{task['id']}/fail", hold | {
        "error": {"message": "no"}, "retryAfter": 0})
    assert failed["attempts"][0]["outcome"] == "failed"
    checked("Error", "POST", f"/tasks/{task['id']}/complete", hold | {"fence": hold["fence"] + 99})
    turn = checked("TurnDone", "POST", "/tasks/work", {
        "worker": "w", "release": [{"id": task["id"], "fence": 1}], "claim": {"types": ["t"]}})
    fence = turn["tasks"][0]["lease"]["fence"]
    turn = checked("TurnDone", "POST", "/tasks/work", {
        "worker": "w", "renew": [{"id": task["id"], "fence": fence}],
        "complete": [{"id": task["id"], "fence": fence, "result": 1}]})
    assert turn["complete"] == [{"id": task["id"], "ok": True}] and "error" in turn["renew"][0]
    checked("FullTask", "POST", f"/tasks/{second['id']}/cancel", {"reason": "enough"})
    checked("FullTask", "POST", f"/tasks/{second['id']}/retry")
    checked("Project", "PUT", "/projects/p", {"maxRunning": 3, "retry": {"base": 1}})
    for path, schema in (("/tasks", "ListedTask"), ("/tasks?view=full", "ListedTask"), ("/projects", "Project"),
                         ("/tasks/queue", "ListedTask")):
        for item in queue.json(path):
            validator("openapi", schema).validate(item)
    checked("Order", "GET", "/tasks/resolve")
    for event in queue.json(f"/events?since=0&epoch={queue.json('/events')['epoch']}")["events"]:
        validator("openapi", "Event").validate(event)


def test_the_recordings_are_as_the_document_has_them(guarded):
    nobody = Client(guarded, token=None)
    headings = json.loads(nobody.get("/loop/recordings").body)
    numbers = [heading["number"] for heading in headings]
    assert numbers == sorted(numbers) and {"07", "15"} < set(numbers)
    for heading in headings:
        validator("openapi", "RecordingHeading").validate(heading)
        answer = nobody.get(f"/loop/recordings/{heading['number']}")
        recording = json.loads(answer.body)
        validator("openapi", "Recording").validate(recording)
        assert heading.items() <= recording.items()
        folder = next((DOCS.parent / "Sources/exercises").glob(f"{heading['number']}_*"))
        assert recording["program"] == (folder / recording["file"]).read_text().rstrip("\n")
        assert json.loads((folder / "recording.json").read_text()).items() <= recording.items()
        page = (folder / "exercise.md").read_text()
        assert page.startswith(f"# {recording['title']}\n") and page.endswith(f"\n\n{recording['why']}\n")
        assert f"\nQuestion: {recording['question']}\n" in page
        again = nobody.get(f"/loop/recordings/{heading['number']}", f"If-None-Match: {answer['ETag']}")
        assert again.status == 304
    for number in ("99", "7", "007", "%30%37x"):
        refused = nobody.get(f"/loop/recordings/{number}")
        assert refused.status == 404 and json.loads(refused.body)["error"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("token, status", [(ADMIN, 426), (None, 401), ("wrong", 401)])
def test_the_websockets_refusals_are_as_the_document_has_them(guarded, token, status):
    answer = Client(guarded, token).get("/ws/tasks")
    assert answer.status == status and str(status) in document("openapi")["paths"]["/ws/tasks"]["get"]["responses"]
    validator("openapi", "Error").validate(json.loads(answer.body))


def test_a_wrong_message_is_found():
    """The suites' look at each message can fail."""
    with pytest.raises(jsonschema_rs.ValidationError):
        validator("asyncapi", "Pong").validate({"event": "pong", "seq": "1"})
