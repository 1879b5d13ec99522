"""The queue on the page at `/`, in the system's Chromium: how it stands, what has failed, and trying it again."""

import pytest
from playwright import sync_api

from client import ADMIN, USER
from queue_client import Queue
from test_taskflow_page import BROKEN_WORDS, CHROMIUM, browser, complaints, open_page  # noqa: F401

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; on Linux scripts/install-deps.sh test gets it")
STATES = ["waiting", "scheduled", "ready", "running", "held", "completed", "failed", "cancelled"]
expect = sync_api.expect


@pytest.fixture
def board(browser, fresh, complaints):  # noqa: F811
    """Opens the page with a token, or without one; and a client of its server."""
    def open_with(token: str | None = ADMIN, **options):
        page = open_page(browser, fresh, complaints, **options)
        if token:
            page.fill("#token", token)
            page.click("text=Use it")
        return page

    return open_with, Queue(fresh)


def shows(page, **counts: int) -> None:
    """The counts of the states come to be these, and 0 of all others."""
    expect(page.locator("#states li")).to_have_text([f"{counts.get(state, 0)} {state}" for state in STATES])


def failed(queue: Queue, title: str = "Send the letter", message: str = "no route to the post", **fields) -> dict:
    queue.add("letter", title=title, **fields)
    return queue.call("fail", queue.take("letter"), error={"code": "POST", "message": message}, retryable=False)


def test_without_a_token_it_says_that_one_is_needed(board):
    open_with, queue = board
    queue.add("letter")
    page = open_with(None)
    expect(page.locator("#queue-about")).to_contain_text("needs a token: enter one under Token")
    expect(page.locator("#states")).to_be_hidden()
    page.fill("#token", USER)
    page.press("#token", "Enter")
    shows(page, ready=1)


def test_the_counts_follow_what_happens_without_a_reload(board):
    open_with, queue = board
    page = open_with()
    shows(page)
    needed = queue.add("letter")
    queue.add("letter", dependencies=[needed["id"]])
    queue.add("letter", delay=60)
    queue.add("letter", status="in-progress", project="other")
    shows(page, ready=1, waiting=1, scheduled=1, held=1)
    task = queue.take("letter")
    shows(page, running=1, waiting=1, scheduled=1, held=1)
    queue.complete(task)
    shows(page, completed=1, ready=1, scheduled=1, held=1)
    queue.done(f"/tasks/{queue.take('letter')['id']}/cancel", {"force": True})
    shows(page, completed=1, cancelled=1, scheduled=1, held=1)
    expect(page.locator("#queue-about")).to_have_text("No task has failed.")


def test_a_failed_task_shows_its_error_and_is_tried_again_by_its_button(board):
    open_with, queue = board
    page = open_with()
    task = failed(queue, project="mail")
    item = page.locator("#failed li")
    expect(item.locator(".title")).to_have_text("Send the letter")
    expect(item.locator(".error")).to_have_text("POST: no route to the post")
    expect(item.locator(".more")).to_have_text(f"letter · mail · 1 attempt · {task['id']}")
    expect(page.locator("#queue-about")).to_have_text("1 task failed.")
    page.get_by_role("button", name="Retry Send the letter").click()
    expect(page.locator("#queue-note")).to_have_text("“Send the letter” is tried again.")
    expect(item).to_have_count(0)
    shows(page, ready=1)
    assert queue.take("letter")["id"] == task["id"]


def test_a_token_that_may_only_read_cannot_try_it_again(board, complaints):  # noqa: F811
    open_with, queue = board
    task = failed(queue)
    page = open_with(USER, may_complain=r"Failed to load resource: .*403")
    page.get_by_role("button", name="Retry Send the letter").click()
    expect(page.locator("#queue-note")).to_have_text("Only the admin’s token lets a task be tried again.")
    assert queue.state(task) == "failed"


def test_one_that_was_tried_again_meanwhile_leaves_the_list(board):
    open_with, queue = board
    tasks = [failed(queue, f"letter {number}") for number in range(3)]
    page = open_with()
    expect(page.locator("#failed .title")).to_have_text(["letter 2", "letter 1", "letter 0"])
    queue.done(f"/tasks/{tasks[1]['id']}/retry")
    expect(page.locator("#failed .title")).to_have_text(["letter 2", "letter 0"])


def test_the_newest_20_are_shown_and_how_many_there_are(board):
    open_with, queue = board
    for number in range(25):
        failed(queue, f"letter {number}")
    page = open_with()
    expect(page.locator("#failed li")).to_have_count(20)
    assert page.locator("#failed .title").all_text_contents() == [f"letter {number}" for number in range(24, 4, -1)]
    expect(page.locator("#queue-about")).to_have_text("25 tasks failed, of which the newest 20 are shown.")


def test_an_error_is_shown_as_text_whatever_it_holds(board):
    open_with, queue = board
    page = open_with()
    message = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"
    failed(queue, message, message)
    expect(page.locator("#failed .error")).to_have_text(f"POST: {message}")
    assert page.title() == "Taskflow, live"


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_it_fits_any_width_and_can_be_read(board, width):
    open_with, queue = board
    failed(queue, "Renew the certificates of the internationalization department", "x" * 900, project="infrastructure")
    page = open_with(viewport={"width": width, "height": 700})
    expect(page.locator("#failed li")).to_have_count(1)
    shows(page, failed=1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [word for word in page.evaluate(BROKEN_WORDS) if "x" * 30 not in word] == []
