"""The board at `/`: how the queue stands, and what a person can do there, in the system's Chromium."""

import re

import pytest
from playwright import sync_api

from board_page import Board
from client import ADMIN, USER
from queue_client import WORKER, Queue
from test_taskflow_page import BROKEN_WORDS, CHROMIUM, browser, complaints  # noqa: F401

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; on Linux scripts/install-deps.sh test gets it")
expect = sync_api.expect
MARKUP = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"


@pytest.fixture
def queue(fresh):
    return Queue(fresh)


@pytest.fixture
def open_board(browser, fresh, complaints):  # noqa: F811
    def open_with(token: str | None = ADMIN, **options) -> Board:
        return Board(browser, fresh, complaints, token, **options)

    return open_with


def failed(queue: Queue, title: str = "Send the letter", message: str = "no route to the post", **fields) -> dict:
    queue.add("letter", title=title, **fields)
    return queue.call("fail", queue.take("letter"), error={"code": "POST", "message": message}, retryable=False)


# What is shown

def test_the_columns_follow_what_happens_without_a_reload(open_board, queue):
    board = open_board()
    board.shows()
    needed = queue.add("letter")
    queue.add("letter", title="the second", dependencies=[needed["id"]])
    queue.add("letter", delay=60)
    queue.add("letter", status="in-progress", project="other")
    board.shows(ready=1, waiting=1, scheduled=1, held=1)
    task = queue.take("letter")
    board.shows(running=1, waiting=1, scheduled=1, held=1)
    expect(board.cards("running").locator(".wait")).to_have_text("w")
    queue.complete(task)
    board.shows(completed=1, ready=1, scheduled=1, held=1)
    expect(board.titles("ready")).to_have_text(["the second"])
    queue.done(f"/tasks/{queue.take('letter')['id']}/cancel", {"force": True})
    board.shows(completed=1, cancelled=1, scheduled=1, held=1)


def test_a_task_whose_dependency_is_completed_by_hand_is_ready(open_board, queue):
    """No event tells of that: the page asks."""
    needed = queue.create("needed")
    queue.create("needing", dependencies=[needed["id"]])
    board = open_board()
    expect(board.titles("waiting")).to_have_text(["needing"])
    queue.change(needed["id"], status="completed")
    expect(board.titles("ready")).to_have_text(["needing"])
    queue.change(needed["id"], status="failed")
    expect(board.titles("waiting")).to_have_text(["needing"])


def test_a_failed_task_shows_its_error_and_is_tried_again_by_its_button(open_board, queue):
    board = open_board()
    task = failed(queue, project="mail")
    card = board.cards("failed")
    expect(card.locator(".error")).to_have_text("POST: no route to the post")
    expect(card.locator(".fact")).to_have_text("mail · letter")
    board.page.get_by_role("button", name="Retry Send the letter").click()
    board.said("“Send the letter” is tried again.")
    expect(board.titles("ready")).to_have_text(["Send the letter"])
    assert queue.take("letter")["id"] == task["id"]


def test_texts_are_shown_as_text_whatever_they_hold(open_board, queue):
    board = open_board()
    task = failed(queue, MARKUP, MARKUP, description=MARKUP)
    expect(board.titles("failed")).to_have_text(MARKUP)
    expect(board.cards("failed").locator(".error")).to_have_text(f"POST: {MARKUP}")
    board.open(task)
    expect(board.page.locator(".description")).to_have_text(MARKUP)
    assert board.page.title() == "Taskflow, live"


def test_a_project_is_filtered_by_and_paused(open_board, queue):
    for name in "red", "blue":
        queue.create(f"of {name}", project=name)
    board = open_board()
    board.page.fill("#project", "red")
    expect(board.titles("ready")).to_have_text(["of red"])
    board.shows(ready=1)
    queue.create("another of blue", project="blue")
    queue.create("another of red", project="red")
    expect(board.titles("ready")).to_have_text(["another of red", "of red"])
    board.page.fill("#project", "")
    board.shows(ready=4)
    board.view("Projects")
    board.page.get_by_role("button", name="Pause blue").click()
    board.said("blue is paused: its tasks are not claimed.")
    assert queue.json("/projects/blue")["paused"] is True
    queue.done("/projects/blue", {"paused": False}, method="PUT")
    expect(board.page.get_by_role("button", name="Pause blue")).to_be_visible()
    board.page.get_by_role("link", name="red").click()
    expect(board.titles("ready")).to_have_text(["another of red", "of red"])


def test_the_oldest_come_first_where_that_is_chosen(open_board, queue):
    for number in range(3):
        queue.create(f"task {number}")
    board = open_board()
    expect(board.titles("ready")).to_have_text(["task 2", "task 1", "task 0"])
    board.page.select_option("#order", "oldest")
    expect(board.titles("ready")).to_have_text(["task 0", "task 1", "task 2"])
    queue.create("task 3")
    expect(board.titles("ready")).to_have_text(["task 0", "task 1", "task 2", "task 3"])


def test_workers_are_shown_with_their_leases_and_the_time_left(open_board, queue):
    queue.add("letter", title="Send the letter")
    task = queue.take("letter", worker="mail-1", lease=40)
    board = open_board()
    board.view("Workers")
    row = board.page.locator("#workers .row-of-table")
    expect(row.locator(".worker-cell")).to_have_text("mail-1")
    expect(row.locator(".title-cell")).to_have_text("Send the letter")
    expect(row.locator(".left")).to_have_text(re.compile(r"^(3\d|40) s$"))
    expect(board.page.locator("#workers-about")).to_have_text("1 worker with 1 task.")
    queue.renew(task, progress={"percent": 40, "note": "half of it"})
    expect(row.locator(".progress-cell")).to_have_text("40 % · half of it", timeout=10_000)


def test_the_page_of_a_task_shows_attempts_errors_and_what_it_waits_for(open_board, queue):
    first = queue.create("Collect")
    second = queue.create("Clean", dependencies=[first["id"]])
    task = queue.add("letter", title="Report", dependencies=[second["id"]], payload={"to": "a@b.c"})
    queue.create("Print", dependencies=[task["id"]])
    board = open_board()
    board.open(task)
    page = board.page
    expect(page.locator(".waits li")).to_have_text(["Clean has not ended"])
    expect(page.locator(".graph .node-title")).to_have_text(["Collect", "Clean", "Report", "Print"])
    assert page.locator(".graph .edge.open").count() == 3
    queue.change(first["id"], status="completed")
    queue.change(second["id"], status="completed")
    expect(page.locator(".waits")).to_have_count(0)
    expect(page.locator(".badge")).to_have_text("ready")
    queue.call("fail", queue.take("letter"), error={"code": "INK", "message": "no ink"}, retryAfter=0)
    queue.call("fail", queue.take("letter"), error={"code": "PAPER", "message": "no paper"}, retryable=False)
    expect(page.locator("#task-view td:last-child")).to_have_text(["failed PAPER: no paper", "failed INK: no ink"])
    expect(page.locator(".facts-of-task .error")).to_have_text("PAPER: no paper")
    page.click("summary")
    expect(page.locator("details pre")).to_contain_text("a@b.c")
    page.get_by_role("link", name="Clean").click()
    expect(page.locator("#task-title")).to_have_text("Clean")


@pytest.mark.parametrize("name", ["00000000-0000-7000-8000-000000000000", "../projects", "x?y", "%00"])
def test_the_page_of_no_task_says_so(open_board, name):
    board = open_board(may_complain=r"Failed to load resource: .*404")
    asked = []
    board.page.on("request", lambda request: asked.append(request.url))
    board.page.evaluate("name => { location.hash = '#task/' + name; }", name)
    expect(board.page.locator("#task-view")).to_contain_text("There is no such task")
    assert not any(".." in url or "x?y" in url for url in asked)


# What can be done

def test_a_task_is_made_and_changed_in_a_dialog(open_board, queue):
    board, needed = open_board(may_complain=r"Failed to load resource: .*4(04|12|22)"), queue.create("needed")
    page = board.page
    page.click("#new")
    page.fill("#field-title", "Write it")
    page.fill("#field-priority", "7")
    page.fill("#field-project", "books")
    page.fill("#field-dependencies", needed["id"])
    page.fill("#field-payload", "{nonsense")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("alert")).to_have_text("This is no JSON.")
    page.fill("#field-payload", '{"pages": 3}')
    page.fill("#field-type", "no such / type!")
    page.get_by_role("button", name="Create").click()
    expect(page.locator("#field-type")).to_have_attribute("aria-invalid", "true")
    page.fill("#field-type", "writing")
    page.get_by_role("button", name="Create").click()
    expect(board.titles("waiting")).to_have_text(["Write it"])
    task, = [task for task in queue.json("/tasks?view=full") if task["title"] == "Write it"]
    assert (task["priority"], task["project"], task["type"], task["dependencies"]) == (7, "books", "writing", [needed["id"]])
    assert queue.full(task)["payload"] == {"pages": 3}
    board.open(task)
    page.get_by_role("button", name="Edit").click()
    page.fill("#field-title", "Write it again")
    page.fill("#field-dependencies", "")
    queue.change(task["id"], priority=8)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("has changed meanwhile")
    page.get_by_role("button", name="Leave it").click()
    page.get_by_role("button", name="Edit").click()
    page.fill("#field-title", "Write it again")
    page.fill("#field-dependencies", "")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#task-title")).to_have_text("Write it again")
    full = queue.full(task)
    assert (full["title"], full["priority"], full["dependencies"], full["payload"]) == ("Write it again", 8, [], {"pages": 3})
    page.get_by_role("button", name="Delete").click()
    page.locator("#question").get_by_role("button", name="Delete").click()
    expect(page.locator("#task-view")).to_contain_text("There is no such task")
    assert queue.get(f"/tasks/{task['id']}").status == 404


def test_a_running_task_is_cancelled_by_asking_its_worker_and_at_once(open_board, queue):
    queue.add("letter", title="Send the letter")
    task = queue.take("letter")
    board = open_board()
    board.open(task | {"title": "Send the letter"})
    board.page.get_by_role("button", name="Cancel", exact=True).click()
    board.said("The worker of “Send the letter” is asked to give up.")
    assert queue.renew(task)["cancelRequested"] is True
    expect(board.page.get_by_role("button", name="Cancel", exact=True)).to_have_count(0)
    board.page.get_by_role("button", name="Cancel at once").click()
    expect(board.page.locator(".badge")).to_have_text("cancelled")
    assert queue.state(task) == "cancelled"


def test_the_priority_is_dragged(open_board, queue):
    task = queue.create("a task", priority=5)
    board = open_board()
    mark = board.cards("ready").locator(".priority")
    box = mark.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = board.page.mouse
    for steps, then in ((4, "Escape"), (4, None)):
        mouse.move(x, y)
        mouse.down()
        mouse.move(x, y - 12 * steps, steps=4)
        expect(mark).to_have_text("9")
        if then:
            board.page.keyboard.press(then)
            expect(mark).to_have_text("5")
        mouse.up()
    expect(mark).to_have_text("9")
    board.page.wait_for_function("() => chosen.size === 0")
    assert queue.full(task)["priority"] == 9


# What the token does not allow

def buttons(page) -> list[str]:
    return [button.text_content() for button in page.get_by_role("button").all()]


@pytest.mark.parametrize("token", [USER, WORKER])
def test_what_the_token_does_not_allow_is_not_offered(open_board, queue, token):
    task = failed(queue)
    queue.create("a task", project="red")
    board = open_board(token)
    page = board.page
    board.shows(failed=1, ready=1)
    may_create = token == WORKER
    expect(page.locator("#new")).to_be_visible(visible=may_create)
    assert buttons(page) == (["New task"] if may_create else [])
    assert page.locator("[aria-keyshortcuts]").count() == 1, "that of the button"
    board.cards("ready").locator(".title").focus()
    for key in "+", "e", "c", "r":
        page.keyboard.press(key)
    assert page.evaluate("() => chosen.size") == 0 and not page.locator("dialog[open]").count()
    board.open(task)
    assert buttons(page) == (["New task"] if may_create else [])
    board.view("Projects")
    expect(page.locator("#projects .pause").first).to_be_disabled()
    page.keyboard.press("n")
    assert page.locator("dialog[open]").count() == may_create
    assert queue.state(task) == "failed"


def test_another_token_changes_what_is_offered(open_board, queue):
    failed(queue)
    board = open_board(USER)
    expect(board.titles("failed")).to_have_count(1)
    assert buttons(board.page) == []
    board.view("Access")
    board.page.fill("#token", ADMIN)
    board.page.click("text=Use it")
    board.view("Board")
    expect(board.page.get_by_role("button", name="Retry Send the letter")).to_be_visible()


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_it_fits_any_width_and_can_be_read(open_board, queue, width):
    task = failed(queue, "Renew the certificates of the internationalization department", "x" * 900, project="infrastructure")
    board = open_board(viewport={"width": width, "height": 700})
    expect(board.cards("failed")).to_have_count(1)
    assert board.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    board.open(task)
    assert board.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [word for word in board.page.evaluate(BROKEN_WORDS) if "x" * 30 not in word] == []


def test_what_changes_while_a_list_is_on_its_way_is_in_it(open_board, queue):
    """The list's page is older than the event; what the event says counts, and nothing is left out."""
    older, changed, ended = (queue.create(name) for name in ("older", "changed", "ended"))
    board, held = open_board(), []
    expect(board.titles("ready")).to_have_count(3)
    board.page.route(re.compile(r"/tasks\?.*state=ready"), lambda route: held.append((route, route.fetch())))
    board.page.select_option("#order", "oldest")
    board.page.wait_for_timeout(0)
    while not held:
        board.page.wait_for_timeout(20)
    queue.change(changed["id"], title="changed anew")
    queue.change(ended["id"], status="completed")
    queue.create("newer")
    board.view("Events")
    expect(board.page.locator("#log li", has_text="task.created newer")).to_have_count(1)
    board.view("Board")
    route, answer = held[0]
    route.fulfill(response=answer)
    expect(board.titles("ready")).to_have_text(["older", "changed anew", "newer"])
    expect(board.titles("completed")).to_have_text(["ended"])
