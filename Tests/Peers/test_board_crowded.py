"""The board at `/` of a server with 100,000 tasks, and while much happens, in the system's Chromium."""

import json
import threading
import time
from collections import Counter

import pytest
from playwright import sync_api

from client import ADMIN
from queue_client import Session
from test_taskflow_page import CHROMIUM, browser, complaints  # noqa: F401

pytestmark = [pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; on Linux scripts/install-deps.sh test gets it")]
expect = sync_api.expect
MANY = 100_000
MOST_NODES = 4_000


@pytest.fixture(scope="module")
def crowd(taskflow_program):
    """A server with 100,000 tasks in most states, in 50 projects."""
    with taskflow_program.start() as server, Session(server) as session:
        for start in range(0, MANY, 1_000):
            session.done("/tasks/batch", {"tasks": [
                {"title": f"Task {number}", "type": "mail", "priority": number % 9, "project": f"project-{number % 50}"}
                | ({"delay": 86_400} if number % 10 == 0 else {"status": "failed"} if number % 25 == 1 else
                   {"status": "completed"} if number % 3 == 2 else {}) for number in range(start, start + 1_000)]})
        yield server


def nodes(page) -> int:
    return page.evaluate("document.getElementsByTagName('*').length")


def open_with_token(browser, server):  # noqa: F811
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script(f"sessionStorage.setItem('taskflow.token', '{ADMIN}')")
    return context.new_page()


def test_the_first_view_comes_within_a_second_and_holds_what_is_on_the_screen(browser, crowd):  # noqa: F811
    page, took = open_with_token(browser, crowd), []
    # The quickest of three: the machine may have other work.
    for _ in range(3):
        page.goto(crowd.url + "/")
        page.wait_for_function("() => ['ready', 'failed', 'completed', 'scheduled'].every((state) => "
                               "document.querySelectorAll(`.column[data-state=${state}] .card`).length >= 5)")
        took.append(page.evaluate("performance.now()"))
    assert min(took) < 1_000, f"{took} ms from the address to the first view"
    assert nodes(page) < MOST_NODES
    expect(page.locator(".column[data-state=ready] .count")).to_have_text("57,333")
    page.context.close()


def test_what_is_scrolled_through_does_not_stay_in_the_document(browser, crowd):  # noqa: F811
    page = open_with_token(browser, crowd)
    page.goto(crowd.url + "/#table")
    rows = page.locator("#table .rolling")
    expect(page.locator("#table .title").first).to_have_text("Task 99999")
    for _ in range(15):
        loaded = page.evaluate("() => lists.get('all').ids.length")
        rows.evaluate("box => { box.scrollTop = box.scrollHeight; }")
        page.wait_for_function("before => lists.get('all').ids.length > before", arg=loaded)
    assert page.evaluate("() => lists.get('all').ids.length") >= 1_500
    assert nodes(page) < MOST_NODES
    assert page.locator("#table .row-of-table").count() < 60
    assert page.locator("#table").get_attribute("aria-rowcount") == str(MANY + 1)
    page.context.close()


def test_a_project_among_many_tasks_is_there_at_once(browser, crowd):  # noqa: F811
    page = open_with_token(browser, crowd)
    page.goto(crowd.url + "/#board/project-7")
    expect(page.locator(".column[data-state=ready] .count")).to_have_text("1,334")
    expect(page.locator(".column[data-state=ready] .card .fact").first).to_have_text("project-7 · mail")
    page.context.close()


# While much happens

EVENTS_A_SECOND, SECONDS, LONGEST = 60, 6, 50


class Bustle(threading.Thread):
    """Makes that many events a second: tasks come, change, and end."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.stopped, self.count = server, threading.Event(), 0

    def run(self) -> None:
        with Session(self.server) as session:
            began, newest = time.monotonic(), []
            while not self.stopped.wait(max(0.0, began + self.count / EVENTS_A_SECOND - time.monotonic())):
                kind = self.count % 4
                if kind == 0 or not newest:
                    newest.append(session.done("/tasks", {"title": f"New {self.count}", "type": "mail"})["id"])
                elif kind == 3:
                    session.done(f"/tasks/{newest.pop(0)}", {"status": "completed"}, "PATCH")
                else:
                    session.done(f"/tasks/{newest[-1]}", {"title": f"Changed {self.count}"}, "PATCH")
                self.count += 1


def longest_tasks(browser, page, work) -> list[tuple[float, str]]:  # noqa: F811
    """The page's longest tasks of its main thread in Chromium's trace, in milliseconds, while `work` is done."""
    browser.start_tracing(page=page, categories=["disabled-by-default-devtools.timeline", "devtools.timeline", "toplevel", "__metadata"])
    work()
    events = json.loads(browser.stop_tracing())["traceEvents"]
    main = {(event["pid"], event["tid"]) for event in events
            if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"}
    tasks = [event for event in events if event.get("ph") == "X" and event["name"] in ("RunTask", "ThreadControllerImpl::RunTask")
             and (event["pid"], event["tid"]) in main]
    assert len(tasks) > 100, Counter(event["name"] for event in events).most_common(20)
    # Its own time, where the machine has other work: what counts is the processor's.
    return sorted(((event.get("tdur", event["dur"]) / 1_000, event["name"]) for event in tasks), reverse=True)[:5]


@pytest.mark.slow
@pytest.mark.parametrize("view", ["board", "table", "events"])
def test_sixty_events_a_second_take_no_task_of_50_ms(browser, crowd, view):  # noqa: F811
    page = open_with_token(browser, crowd)
    page.goto(crowd.url + "/#" + view)
    expect(page.locator("#state")).to_have_text("Connected")
    page.wait_for_function("() => totals !== null")
    page.wait_for_timeout(1_000)
    bustle = Bustle(crowd)
    seen = page.evaluate("seen")

    def work() -> None:
        bustle.start()
        page.wait_for_timeout(SECONDS * 1_000)
        bustle.stopped.set()
        bustle.join()

    longest = longest_tasks(browser, page, work)
    assert page.evaluate("seen") - seen >= EVENTS_A_SECOND * SECONDS * 0.8, "the events came"
    assert longest[0][0] < LONGEST, longest
    assert nodes(page) < MOST_NODES
    page.context.close()
