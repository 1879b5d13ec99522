"""The page of a task on the board at `/` while the task changes: a person who reads it keeps their place."""

import pytest
from playwright import sync_api

from board_page import Board
from test_board import open_board, queue  # noqa: F401
from test_taskflow_page import CHROMIUM, browser, complaints  # noqa: F401

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; on Linux scripts/install-deps.sh test gets it")
expect = sync_api.expect
# The last reading of the page's task is over, and what came of it is drawn.
ALL_READ = "() => !isReading && frames.size === 0"


def change(board: Board, queue, task: dict, description: str) -> None:  # noqa: F811
    queue.change(task["id"], description=description)
    expect(board.page.locator(".description")).to_have_text(description)
    board.page.wait_for_function(ALL_READ)


def put_into_page(queue):  # noqa: F811
    """A task with each part that can have the focus."""
    needed = queue.create("Collect")
    return queue.create("Report", dependencies=[needed["id"]], payload={"lines": [f"line {number}" for number in range(200)]})


@pytest.mark.parametrize("part", ["a.node", ".waits a", "summary", "details pre", ".graph", "[data-act=edit]", "#priority-raise", "#task-title"])
def test_the_focus_stays_when_the_task_changes(open_board, queue, part):  # noqa: F811
    task = put_into_page(queue)
    board = open_board()
    board.open(task)
    board.page.click("summary")
    board.page.wait_for_function(ALL_READ)
    focused = board.page.locator(part)
    focused.focus()
    expect(focused).to_be_focused()
    change(board, queue, task, "once")
    expect(focused).to_be_focused()
    change(board, queue, task, "twice")
    expect(focused).to_be_focused()


def test_the_focus_goes_to_the_title_when_its_button_is_there_no_more(open_board, queue):  # noqa: F811
    task = queue.create("Report")
    board = open_board()
    board.open(task)
    board.page.locator("#task-view [data-act=cancel]").focus()
    board.page.keyboard.press("Enter")
    expect(board.page.locator(".badge")).to_have_text("cancelled")
    expect(board.page.locator("#task-title")).to_be_focused()


def test_what_is_opened_and_scrolled_stays_so_when_the_task_changes(open_board, queue):  # noqa: F811
    task = put_into_page(queue)
    board = open_board()
    board.open(task)
    board.page.click("summary")
    payload = board.page.locator("details pre")
    payload.evaluate("pre => { pre.scrollTop = 500; }")
    change(board, queue, task, "once")
    assert payload.evaluate("pre => pre.scrollTop") == 500
    queue.change(task["id"], payload={"lines": [f"other line {number}" for number in range(200)]})
    expect(payload).to_contain_text("other line 7")
    assert payload.evaluate("pre => pre.scrollTop") == 500
    other = queue.create("Another", payload={"a": 1})
    board.open(other)
    expect(payload).to_be_hidden()


def test_the_buttons_of_the_priority_go_on_from_what_another_has_set(open_board, queue):  # noqa: F811
    task = put_into_page(queue)
    board = open_board()
    board.open(task)
    mark = board.page.locator("#task-view .priority")
    queue.change(task["id"], priority=30)
    expect(mark).to_have_text("30")
    board.page.click("#priority-raise")
    expect(mark).to_have_text("31")
    board.page.wait_for_function("() => chosen.size === 0")
    assert queue.full(task)["priority"] == 31


def test_a_change_of_the_task_alone_does_not_read_the_tasks_around_it(open_board, queue):  # noqa: F811
    needed = [queue.create(f"needed {number}") for number in range(8)]
    task = queue.create("Report", dependencies=[each["id"] for each in needed])
    board = open_board()
    board.open(task)
    expect(board.page.locator(".graph .node")).to_have_count(9)
    board.page.wait_for_function(ALL_READ)
    asked = []
    board.page.on("request", lambda request: asked.extend(each["title"] for each in needed if each["id"] in request.url))
    for number in range(5):
        change(board, queue, task, f"change {number}")
    assert asked == []
    # An end of one of them, and a dependency that is new, are read.
    queue.change(needed[0]["id"], status="completed")
    expect(board.page.locator(".waits li")).to_have_count(7)
    expect(board.page.locator(".graph .edge.open")).to_have_count(7)
    board.page.wait_for_function(ALL_READ)
    queue.change(task["id"], dependencies=[needed[1]["id"]])
    expect(board.page.locator(".graph .node")).to_have_count(2)


def test_a_task_that_has_ended_waits_for_none(open_board, queue):  # noqa: F811
    task = put_into_page(queue)
    board = open_board()
    board.open(task)
    drawing = board.page.locator(".graph svg").first
    expect(drawing).to_have_attribute("aria-label", "It needs 1 task, and waits for 1 of them")
    queue.change(task["id"], status="completed")
    expect(board.page.locator(".badge")).to_have_text("completed")
    board.page.wait_for_function(ALL_READ)
    expect(drawing).to_have_attribute("aria-label", "It needs 1 task")


@pytest.mark.parametrize("view, start", [("board", 2), ("table", 30)])
def test_the_way_back_leads_to_the_task_from_which_the_page_was_opened(open_board, queue, view, start):  # noqa: F811
    for number in range(60):
        queue.create(f"task {number}")
    board = open_board()
    page = board.page
    if view == "table":
        board.view("Table")
    rows = page.locator(".column[data-state=ready] .title" if view == "board" else "#table .title")
    expect(rows.first).to_have_text("task 59")
    rows.first.focus()
    for _ in range(start):
        page.keyboard.press("ArrowDown")
    title = f"task {59 - start}"
    assert board.focused() == title
    page.keyboard.press("Enter")
    expect(page.locator("#task-title")).to_be_focused()
    expect(page.locator("#task-title")).to_have_text(title)
    page.go_back()
    expect(page.locator(":focus")).to_have_text(title)
    expect(page.locator(":focus")).to_be_in_viewport()
    page.keyboard.press("ArrowDown")
    assert board.focused() == f"task {58 - start}"


# What can be seen, and what is heard

CONTRAST = """([selector, property, behind]) => {
    const luminance = (color) => {
        const [red, green, blue] = color.match(/[0-9.]+/g).slice(0, 3).map((value) => value / 255)
            .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const of = (element, name) => luminance(getComputedStyle(element)[name]);
    const pair = [of(document.querySelector(selector), property), of(document.querySelector(behind), 'backgroundColor')];
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_borders_of_fields_and_edges_stand_out(open_board, queue, scheme):  # noqa: F811
    needed = queue.create("Collect", status="completed")
    task = queue.create("Report", dependencies=[needed["id"]])
    board = open_board(color_scheme=scheme)
    board.open(task)
    expect(board.page.locator(".graph .edge:not(.open)")).to_have_count(1)
    assert board.page.evaluate(CONTRAST, [".edge", "stroke", "body"]) >= 3
    board.page.click("#new")
    for field in "#project", "#order", "#field-title", "#field-payload":
        for behind in "body", "header", "dialog", field:
            assert board.page.evaluate(CONTRAST, [field, "borderTopColor", behind]) >= 3, (field, behind)


def test_what_is_said_is_listened_for_before_anything_is(open_board):  # noqa: F811
    board = open_board(token=None)
    said = board.page.locator("#said")
    expect(said).to_have_text("")
    assert said.evaluate("said => getComputedStyle(said).display") != "none"
    expect(said).to_have_css("opacity", "0")
