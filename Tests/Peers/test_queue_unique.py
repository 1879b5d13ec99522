"""Unique keys: one live task of a key in a project, whatever happens."""

import concurrent.futures
import json

import pytest

from queue_client import Queue, fence, new_name


def keyed(queue: Queue, kind: str, status: int = 201, key: str = "k", project: str | None = None, **fields) -> dict:
    unique = {"key": key} | ({"onConflict": fields.pop("onConflict")} if "onConflict" in fields else {})
    return queue.done("/tasks", {"type": kind, "project": project or kind, "unique": unique} | fields, status)


def test_a_second_one_is_answered_with_the_first(queue, kind):
    before, first = queue.position(), keyed(queue, kind)
    again = queue.ask("POST", "/tasks", {"type": kind, "title": "another", "project": kind, "unique": {"key": "k"}})
    task = json.loads(again.body)
    assert again.status == 200 and task["id"] == first["id"] and task["duplicate"] is True and task["title"] == kind
    assert again["Location"] in (None, f"/tasks/{first['id']}") and "duplicate" not in first
    assert len(queue.events(before)) == 1, "nothing has changed"


def test_or_refused_where_it_says_so(queue, kind):
    first = keyed(queue, kind)
    body = {"type": kind, "project": kind, "unique": {"key": "k", "onConflict": "reject"}}
    assert queue.refused(409, "DUPLICATE_TASK", "POST", "/tasks", body) == {"taskId": first["id"]}
    assert keyed(queue, kind, key="other", onConflict="reject")["id"] != first["id"]


def test_a_key_is_its_project_s_and_its_bytes(queue, kind):
    made = [keyed(queue, kind, key=key, project=project) for key, project in [
        ("k", kind), ("k", kind + "-b"), ("K", kind), ("k ", kind), ("\u00e9", kind), ("e\u0301", kind)]]
    assert len({task["id"] for task in made}) == 6
    none = queue.done("/tasks", {"type": kind, "unique": {"key": kind}}, 201)
    assert queue.done("/tasks", {"type": kind, "unique": {"key": kind}}, 200)["id"] == none["id"]


def end(queue: Queue, kind: str, task: dict, how: str) -> None:
    if how in ("completed by hand", "failed by hand"):
        queue.change(task["id"], status=how.split()[0])
    elif how == "deleted":
        assert queue.ask("DELETE", f"/tasks/{task['id']}").status == 204
    elif how == "cancelled":
        queue.done(f"/tasks/{task['id']}/cancel")
    elif how == "completed":
        queue.complete(queue.take(kind))
    else:
        queue.fail(queue.take(kind), retryable=False)


@pytest.mark.parametrize("how", ["completed", "failed", "cancelled", "completed by hand", "failed by hand", "deleted"])
def test_it_is_free_behind_the_task_s_end(queue, kind, how):
    first = keyed(queue, kind)
    end(queue, kind, first, how)
    second = keyed(queue, kind)
    assert second["id"] != first["id"] and keyed(queue, kind, 200)["id"] == second["id"]


def test_and_not_before(queue, kind):
    first = keyed(queue, kind)
    taken = queue.take(kind)
    assert keyed(queue, kind, 200)["id"] == first["id"], "while it runs"
    queue.fail(taken, retryAfter=60)
    assert keyed(queue, kind, 200)["id"] == first["id"], "a backoff is no end"
    queue.change(first["id"], status="in-progress")
    assert keyed(queue, kind, 200)["id"] == first["id"], "while it is held"


def test_only_the_end_of_its_own_task_frees_it(queue, kind):
    first = keyed(queue, kind)
    end(queue, kind, first, "cancelled")
    second = keyed(queue, kind)
    queue.ask("DELETE", f"/tasks/{first['id']}")
    assert keyed(queue, kind, 200)["id"] == second["id"]


@pytest.mark.parametrize("how", ["failed", "cancelled"])
def test_a_retry_needs_its_key_to_be_free(queue, kind, how):
    first = keyed(queue, kind)
    end(queue, kind, first, how)
    second = keyed(queue, kind)
    assert queue.refused(409, "DUPLICATE_TASK", "POST", f"/tasks/{first['id']}/retry", {}) == {"taskId": second["id"]}
    end(queue, kind, second, "cancelled")
    assert queue.done(f"/tasks/{first['id']}/retry")["state"] == "ready"
    assert keyed(queue, kind, 200)["id"] == first["id"]


def test_a_key_moves_with_its_task_to_another_project(queue, kind):
    first = keyed(queue, kind)
    queue.change(first["id"], project=kind + "-b")
    assert keyed(queue, kind, 200, project=kind + "-b")["id"] == first["id"]
    assert keyed(queue, kind)["id"] != first["id"]


def test_of_many_at_once_one_task_is_made(queue, kind):
    with concurrent.futures.ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(lambda _: queue.ask("POST", "/tasks", {
            "type": kind, "project": kind, "unique": {"key": "k"}}), range(100)))
    assert sorted(answer.status for answer in answers) == [200] * 99 + [201]
    assert len({json.loads(answer.body)["id"] for answer in answers}) == 1
    assert len(queue.json(f"/tasks?type={kind}")) == 1


def test_in_a_batch_too(queue, kind):
    first = keyed(queue, kind)
    body = {"type": kind, "project": kind}
    made = queue.batch(body | {"unique": {"key": "k"}}, body | {"unique": {"key": "new"}}, body | {"unique": {"key": "new"}})
    assert [task["duplicate"] for task in made] == [True, False, True]
    assert made[0]["id"] == first["id"] and made[1]["id"] == made[2]["id"]
    before = queue.json("/tasks/count")
    details = queue.refused(409, "DUPLICATE_TASK", "POST", "/tasks/batch", {
        "tasks": [body, body | {"unique": {"key": "k", "onConflict": "reject"}}]})
    assert details["taskId"] == first["id"] and queue.json("/tasks/count") == before


def test_an_idempotency_key_is_as_it_was(queue, kind):
    def post(body: dict):
        return queue.ask("POST", "/tasks", body, f"Idempotency-Key: {kind}")

    first, again = post({"type": kind}), post({"type": kind})
    assert (first.status, again.status) == (201, 201) and first.body == again.body
    assert again["Idempotency-Replayed"] == "true"
    answer = post({"type": kind, "priority": 2})
    assert answer.status == 422 and json.loads(answer.body)["error"]["code"] == "IDEMPOTENCY_MISMATCH"


def test_a_claim_counts_once_under_its_idempotency_key_or_knows_none(queue, kind):
    """`key` is the claim's own; whichever a client sends, no task is lost to it."""
    queue.add(kind)
    body = {"worker": "w", "types": [kind], "key": new_name("key")}
    first = json.loads(queue.ask("POST", "/tasks/claim", body, f"Idempotency-Key: {kind}").body)["tasks"]
    again = json.loads(queue.ask("POST", "/tasks/claim", body, f"Idempotency-Key: {kind}").body)["tasks"]
    assert [fence(task) for task in again] == [fence(task) for task in first] != []
