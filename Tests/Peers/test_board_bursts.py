"""The board at `/` when thousands of tasks come while a list is scrolled."""

import pytest
from playwright import sync_api

from board_page import Board
from test_board import open_board, queue  # noqa: F401
from test_taskflow_page import CHROMIUM, browser, complaints  # noqa: F401

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; on Linux scripts/install-deps.sh test gets it")
expect = sync_api.expect
# What a list keeps, and what it has at most before it lets go of the rest.
KEPT, MOST = 2_000, 2_100


def add(queue, count: int, name: str = "task", **fields) -> list[dict]:  # noqa: F811
    made = []
    for start in range(0, count, 1_000):
        made += queue.batch(*({"title": f"{name} {number}"} | fields for number in range(start, min(count, start + 1_000))))
    return made


def scroll(board: Board, state: str, top: float) -> None:
    board.page.locator(f".column[data-state={state}] .column-rows").evaluate("(box, top) => { box.scrollTop = top; }", top)


def row(board: Board, title: str):
    return board.page.locator(".card").filter(has=board.page.get_by_text(title, exact=True))


def ids(board: Board, state: str) -> list[str]:
    return board.page.evaluate("state => lists.get(state).ids", state)


def has_settled(board: Board, queue) -> None:  # noqa: F811
    """The page has all events, and all answers to what they have left open."""
    board.page.wait_for_function("([epoch, seq]) => position.epoch === epoch && position.seq >= seq", arg=list(queue.position()))
    board.page.wait_for_function("() => doubtful.size === 0 && !isLooking")


def test_a_list_that_is_scrolled_keeps_its_place_and_not_all_that_comes_above_it(open_board, queue):  # noqa: F811
    tasks = add(queue, 100)
    board = open_board()
    expect(board.titles("ready").first).to_have_text("task 99")
    scroll(board, "ready", 300)
    looked_at = row(board, "task 96")
    expect(looked_at).to_be_in_viewport()
    before = looked_at.bounding_box()["y"]
    newer = add(queue, 4_000, "newer")
    has_settled(board, queue)
    expect(looked_at).to_be_in_viewport()
    assert abs(looked_at.bounding_box()["y"] - before) < 2
    assert len(ids(board, "ready")) <= MOST
    assert board.page.evaluate("() => tasks.size") <= 2 * MOST, "those of the column and those of the table"
    # The way back to the newest.
    for _ in range(60):
        first = ids(board, "ready")[0]
        scroll(board, "ready", 0)
        if first == newer[-1]["id"]:
            break
        board.page.wait_for_function("first => lists.get('ready').ids[0] < first || lists.get('ready').ids[0] > first", arg=first)
    expect(board.titles("ready").first).to_have_text("newer 3999")
    shown = ids(board, "ready")
    assert shown == [task["id"] for task in reversed(tasks + newer)][:len(shown)], "no task is left out"
    newest = queue.create("the newest")
    expect(board.titles("ready").first).to_have_text("the newest")
    assert ids(board, "ready")[0] == newest["id"]


def test_many_tasks_that_have_to_be_asked_for_leave_the_lists_as_they_are(open_board, queue):  # noqa: F811
    needed = queue.create("needed")
    add(queue, 800)
    board = open_board()
    expect(board.titles("ready").first).to_have_text("task 799")
    for length in range(100, 600, 100):
        board.page.wait_for_function("length => lists.get('ready').ids.length >= length", arg=length)
        scroll(board, "ready", 1_000_000)
    board.page.wait_for_function("() => lists.get('ready').ids.length >= 600 && !lists.get('ready').isLoading")
    scroll(board, "ready", board.page.evaluate("() => 500 * lists.get('ready').rolling.height"))
    looked_at = row(board, "task 298")
    expect(looked_at).to_be_in_viewport()
    before, loaded = looked_at.bounding_box()["y"], len(ids(board, "ready"))
    waiting = add(queue, 150, "waiting", dependencies=[needed["id"]])
    has_settled(board, queue)
    board.shows(ready=801, waiting=150)
    assert ids(board, "waiting") == [task["id"] for task in reversed(waiting)]
    queue.change(needed["id"], status="completed")
    has_settled(board, queue)
    board.shows(ready=950, completed=1)
    assert ids(board, "waiting") == []
    assert len(ids(board, "ready")) == loaded + 150
    assert abs(looked_at.bounding_box()["y"] - before) < 2
