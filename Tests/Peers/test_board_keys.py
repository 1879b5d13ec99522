"""The board at `/` without a mouse, for a reader of the screen, and without motion."""

import re

import pytest
from playwright import sync_api

from board_page import Board
from queue_client import Queue
from test_board import failed, open_board, queue  # noqa: F401
from test_taskflow_page import AWAY, CHROMIUM, browser, complaints, titles  # noqa: F401

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; on Linux scripts/install-deps.sh test gets it")
expect = sync_api.expect


def press(board: Board, *keys: str) -> None:
    for key in keys:
        board.page.keyboard.press(key)


def test_the_arrows_lead_through_the_columns_and_the_tab_key_past_them(open_board, queue):
    for number in range(40):
        queue.create(f"task {number}")
    queue.create("done 0", status="completed")
    queue.create("done 1", status="completed")
    board = open_board()
    expect(board.titles("completed")).to_have_count(2)
    board.page.locator("#new").focus()
    press(board, "Tab")
    assert board.focused() == "task 39"
    press(board, "ArrowDown", "ArrowDown")
    assert board.focused() == "task 37"
    press(board, "ArrowRight")
    assert board.focused() == "done 0", "the same height, or the last"
    press(board, "ArrowUp", "ArrowLeft")
    assert board.focused() == "task 39"
    press(board, "End")
    assert board.focused() == "task 0"
    expect(board.page.locator(":focus")).to_be_in_viewport()
    press(board, "PageUp", "Home")
    assert board.focused() == "task 39"
    press(board, "Tab")
    assert board.focused() == "done 1", "one stop a column"
    press(board, "Shift+Tab", "ArrowDown", "Enter")
    expect(board.page.locator("#task-title")).to_have_text("task 38")


def test_everything_is_done_by_keys(open_board, queue):
    board = open_board()
    press(board, "n")
    board.page.keyboard.type("Typed")
    press(board, "Enter")
    expect(board.titles("ready")).to_have_text(["Typed"])
    task, = queue.json("/tasks")
    board.titles("ready").focus()
    press(board, "+", "+", "+", "-")
    expect(board.cards("ready").locator(".priority")).to_have_text("3")
    board.said("Priority 3")
    board.page.wait_for_function("() => chosen.size === 0")
    assert queue.full(task)["priority"] == 3
    press(board, "e")
    expect(board.page.locator("#field-title")).to_be_focused()
    press(board, "ControlOrMeta+a")
    board.page.keyboard.type("Retyped")
    press(board, "Enter")
    expect(board.titles("ready")).to_have_text(["Retyped"])
    assert board.focused() == "Retyped", "the focus is where it was"
    press(board, "c")
    expect(board.titles("cancelled")).to_have_text(["Retyped"])
    board.titles("cancelled").focus()
    press(board, "r")
    expect(board.titles("ready")).to_have_text(["Retyped"])
    press(board, "n", "Escape")
    expect(board.page.locator("#editor")).to_be_hidden()


def test_the_focus_stays_when_tasks_come_above_and_goes_on_when_its_own_leaves(open_board, queue):
    tasks = [queue.create(f"task {number}") for number in range(60)]
    board = open_board()
    expect(board.titles("ready").first).to_have_text("task 59")
    board.titles("ready").first.focus()
    press(board, *["ArrowDown"] * 20)
    assert board.focused() == "task 39"
    queue.create("newer")
    board.shows(ready=61)
    assert board.focused() == "task 39"
    expect(board.page.locator(":focus")).to_be_in_viewport()
    queue.change(tasks[39]["id"], status="completed")
    expect(board.titles("completed")).to_have_text(["task 39"])
    assert board.focused() == "task 38"


def open_with_tasks(open_board, queue, count: int):
    """A board whose newest task has the focus, and how to ask which tasks were to be cancelled."""
    for number in range(count):
        queue.create(f"task {number}")
    board = open_board()
    board.titles("ready").first.focus()
    board.page.evaluate("() => { window.asked = []; actions.cancel.act = task => { asked.push(task.title); return cancelTask(task); }; }")
    return board, lambda: board.page.evaluate("() => asked")


def test_a_key_that_is_held_is_one_action_and_goes_on_for_the_priority_alone(open_board, queue):
    board, asked = open_with_tasks(open_board, queue, 6)
    board.page.keyboard.down("c")
    expect(board.titles("cancelled")).to_have_text(["task 5"])
    expect(board.page.locator(":focus")).to_have_text("task 4")
    for _ in range(5):
        board.page.keyboard.down("c")
    assert asked() == ["task 5"]
    board.page.keyboard.up("c")
    press(board, "ArrowDown")
    for _ in range(5):
        board.page.keyboard.down("+")
    board.page.keyboard.up("+")
    expect(board.card("task 3").locator(".priority")).to_have_text("6")


def test_a_key_for_a_task_that_has_just_left_does_nothing_to_its_neighbour(open_board, queue):
    board, asked = open_with_tasks(open_board, queue, 5)
    queue.change(queue.json("/tasks?order=newest")[0]["id"], status="completed")
    expect(board.page.locator(":focus")).to_have_text("task 3")
    press(board, "c")
    board.said("“task 3” has the focus now: press the key once more.")
    assert asked() == [] and board.focused() == "task 3"
    press(board, "c")
    expect(board.titles("cancelled")).to_have_text(["task 3"])
    expect(board.page.locator(":focus")).to_have_text("task 2")
    press(board, "ArrowDown", "c")
    expect(board.titles("cancelled")).to_have_text(["task 3", "task 1"])


def test_what_is_scrolled_to_stays_in_its_place(open_board, queue):
    for number in range(60):
        queue.create(f"task {number}")
    board = open_board()
    expect(board.titles("ready").first).to_have_text("task 59")
    board.page.locator(".column[data-state=ready] .column-rows").evaluate("box => { box.scrollTop = 2000; }")
    card = board.card("task 40")
    expect(card).to_be_in_viewport()
    before = card.bounding_box()["y"]
    queue.create("newer")
    board.shows(ready=61)
    expect(board.card("task 40")).to_have_attribute("aria-posinset", "21")
    assert abs(card.bounding_box()["y"] - before) < 2


# The accessibility tree, as Chromium gives it to a reader of the screen

def tree(page) -> list[tuple[str, str]]:
    """The role and the name of each node that has a role of its own."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    values = [(node.get("role", {}).get("value", ""), node.get("name", {}).get("value", ""), node.get("ignored")) for node in nodes]
    return [(role, name) for role, name, ignored in values
            if not ignored and role not in ("none", "generic", "StaticText", "InlineTextBox", "ListMarker", "LineBreak")]


NAMED = {"button", "link", "textbox", "searchbox", "combobox", "region", "table", "dialog", "article", "navigation", "progressbar",
         "spinbutton", "heading", "img", "ComboBoxSelect"}


def test_each_part_has_a_role_and_a_name(open_board, queue):
    task = failed(queue, "Send the letter", project="red")
    needing = queue.create("needing", dependencies=[queue.create("needed", priority=7)["id"]])
    queue.add("parcel", title="Send the parcel")
    queue.renew(queue.take("parcel", worker="p-1"), progress={"percent": 50})
    board = open_board()
    board.shows(failed=1, waiting=1, ready=1, running=1)
    expect(board.cards("running").locator("progress")).to_be_visible()
    found = tree(board.page)
    assert ("link", "Send the letter, priority 1, failed, project red, POST: no route to the post") in found
    assert ("link", "needed, priority 7, ready") in found
    assert ("button", "Retry Send the letter") in found and ("progressbar", "Progress") in found
    assert ("region", "Failed 1") in found and ("navigation", "Views") in found
    assert [entry for entry in found if entry[0] in NAMED and not entry[1]] == []
    board.view("Table")
    expect(board.page.locator("#table .title")).to_have_count(4)
    found = tree(board.page)
    assert ("table", "Table") in found and ("columnheader", "Priority") in found and ("cell", "failed") in found
    assert board.page.locator("#table").get_attribute("aria-rowcount") == "5"
    for name in "Projects", "Workers":
        board.view(name)
        expect(board.page.get_by_role("table", name=name)).to_be_visible()
        assert [entry for entry in tree(board.page) if entry[0] in NAMED and not entry[1]] == [], name
    board.open(needing)
    expect(board.page.locator(".graph .node")).to_have_count(2)
    expect(board.page.get_by_role("group", name="It needs 1 task, and waits for 1 of them")).to_be_visible()
    found = tree(board.page)
    assert ("link", "needed, ready") in found and ("group", "Actions") in found
    assert [entry for entry in found if entry[0] in NAMED and not entry[1]] == []
    press(board, "n")
    found = tree(board.page)
    assert ("dialog", "New task") in found
    assert {name for role, name in found if role in ("textbox", "spinbutton")} >= {"Title", "Priority", "Payload"}
    board.page.keyboard.press("Escape")
    board.open(task)
    expect(board.page.get_by_role("table", name="Attempts")).to_be_visible()
    assert ("table", "Attempts") in tree(board.page)


def test_what_came_of_an_action_is_read_out(open_board, queue):
    board = open_board()
    for id in "said", "state", "access-note", "about":
        assert board.page.locator(f"#{id}").get_attribute("role") == "status"


@pytest.mark.parametrize("reduced_motion, moves", [("reduce", False), ("no-preference", True)])
def test_nothing_moves_where_that_is_not_wanted(open_board, queue, reduced_motion, moves):
    board = open_board(reduced_motion=reduced_motion)
    queue.create("a task")
    expect(board.cards("ready")).to_have_count(1)
    queue.change(queue.json("/tasks")[0]["id"], priority=2)
    expect(board.cards("ready").locator(".priority")).to_have_text("2")
    assert bool(board.page.evaluate("document.getAnimations().length")) is moves


def test_it_goes_on_where_it_was_when_the_server_was_away(browser, taskflow_program, complaints, tmp_path):  # noqa: F811
    with taskflow_program.start("--store", f"sqlite:{tmp_path}/tasks.db") as server:
        queue = Queue(server)
        for number in range(3):
            queue.create(f"task {number}")
        board = Board(browser, server, complaints, may_complain=AWAY)
        expect(board.titles("ready")).to_have_text(["task 2", "task 1", "task 0"])
        board.titles("ready").nth(1).focus()
        server.kill()
        expect(board.page.locator("#state")).to_contain_text("Disconnected")
        press(board, "c")
        board.said("The server cannot be reached.")
        assert server.start_again()
        expect(board.page.locator("#state")).to_have_text("Connected", timeout=15_000)
        queue.create("task 3")
        expect(board.titles("ready")).to_have_text(["task 3", "task 2", "task 1", "task 0"])
        assert board.focused() == "task 1"
        board.view("Events")
        expect(board.page.locator("#log")).to_contain_text(re.compile("Resumed: "))
