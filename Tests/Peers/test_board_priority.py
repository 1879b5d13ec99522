"""The priority on the board at `/`: dragged while its task changes, answered late, and on a page that is left."""

import pytest
from playwright import sync_api

from queue_client import until
from test_board import open_board, queue  # noqa: F401
from test_taskflow_page import CHROMIUM, browser, complaints  # noqa: F401

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; on Linux scripts/install-deps.sh test gets it")
expect = sync_api.expect
PIXELS_PER_POINT = 12
ALL_SENT = "() => chosen.size === 0"


class Drag:
    """The mark is held by the mouse, until it is let go of."""

    def __init__(self, page, mark):
        box = mark.bounding_box()
        self.mouse, self.x, self.y = page.mouse, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.mouse.move(self.x, self.y)
        self.mouse.down()

    def up(self, points: int) -> None:
        self.mouse.move(self.x, self.y - PIXELS_PER_POINT * points, steps=points)


def test_on_a_tasks_page_it_is_dragged_though_the_page_is_drawn_anew(open_board, queue):  # noqa: F811
    task = queue.create("a task", priority=5)
    board = open_board()
    board.open(task)
    mark = board.page.locator("#task-view .priority")
    drag = Drag(board.page, mark)
    drag.up(3)
    expect(mark).to_have_text("8")
    queue.change(task["id"], title="renamed")
    expect(board.page.locator("#task-title")).to_have_text("renamed")
    drag.up(7)
    expect(mark).to_have_text("12")
    board.page.mouse.up()
    board.page.wait_for_function(ALL_SENT)
    assert queue.full(task)["priority"] == 12


def test_a_finger_drags_it_as_a_mouse_does(open_board, queue):  # noqa: F811
    task = queue.create("a task", priority=5)
    board = open_board(has_touch=True)
    board.open(task)
    mark = board.page.locator("#task-view .priority")
    box, touch = mark.bounding_box(), board.page.context.new_cdp_session(board.page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def finger(kind: str, *ys: float) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": each} for each in ys]})

    finger("touchStart", y)
    for points in range(1, 4):
        finger("touchMove", y - PIXELS_PER_POINT * points)
    expect(mark).to_have_text("8")
    queue.change(task["id"], title="renamed")
    expect(board.page.locator("#task-title")).to_have_text("renamed")
    finger("touchMove", y - PIXELS_PER_POINT * 6)
    expect(mark).to_have_text("11")
    finger("touchEnd")
    board.page.wait_for_function(ALL_SENT)
    assert queue.full(task)["priority"] == 11


def test_a_task_that_ends_while_it_is_dragged_gets_the_priority_all_the_same(open_board, queue):  # noqa: F811
    task = queue.create("a task", priority=5)
    board = open_board()
    drag = Drag(board.page, board.cards("ready").locator(".priority"))
    drag.up(3)
    queue.change(task["id"], status="completed")
    mark = board.cards("completed").locator(".priority")
    expect(mark).to_have_text("8")
    board.page.mouse.up()
    board.page.wait_for_function(ALL_SENT)
    assert queue.full(task)["priority"] == 8
    queue.change(task["id"], priority=1)
    expect(mark).to_have_text("1")


def test_of_a_task_that_is_deleted_while_it_is_dragged_nothing_stays(open_board, queue):  # noqa: F811
    task = queue.create("a task", priority=5)
    board, sent = open_board(), []
    board.page.on("request", lambda request: request.method == "PATCH" and sent.append(request.url))
    drag = Drag(board.page, board.cards("ready").locator(".priority"))
    drag.up(3)
    assert queue.ask("DELETE", f"/tasks/{task['id']}").status == 204
    expect(board.cards("ready")).to_have_count(0)
    board.page.mouse.up()
    board.page.wait_for_function(ALL_SENT)
    assert sent == []


def test_what_another_has_set_since_stays_when_the_answer_comes_late(open_board, queue):  # noqa: F811
    task = queue.create("a task")
    board, held = open_board(), []
    page, mark = board.page, board.cards("ready").locator(".priority")

    def hold(route) -> None:
        held.append((route, route.fetch()))

    page.route("**/tasks/*", lambda route: hold(route) if route.request.method == "PATCH" else route.continue_())
    board.titles("ready").focus()
    with page.expect_request(lambda request: request.method == "PATCH"):
        page.keyboard.press("+")
    page.wait_for_function("id => tasks.get(id).priority === 2", arg=task["id"])
    queue.change(task["id"], priority=50)
    page.wait_for_function("id => tasks.get(id).priority === 50", arg=task["id"])
    until(lambda: held or page.wait_for_timeout(10))
    route, answer = held[0]
    route.fulfill(response=answer)
    page.wait_for_function(ALL_SENT)
    expect(mark).to_have_text("50")


def test_it_is_sent_by_a_page_that_is_left(open_board, queue):  # noqa: F811
    task = queue.create("a task")
    board = open_board()
    board.titles("ready").focus()
    board.page.keyboard.press("+")
    board.said("Priority 2")
    board.page.reload()
    expect(board.cards("ready").locator(".priority")).to_have_text("2")
    assert queue.full(task)["priority"] == 2


def test_a_drag_that_is_dropped_leaves_what_was_chosen_before(open_board, queue):  # noqa: F811
    task = queue.create("a task")
    board = open_board()
    mark = board.cards("ready").locator(".priority")
    board.titles("ready").focus()
    # No time goes by in which the choice would be sent.
    board.page.clock.install()
    board.page.keyboard.press("+")
    drag = Drag(board.page, mark)
    drag.up(3)
    board.page.keyboard.press("Escape")
    board.page.mouse.up()
    board.page.clock.run_for(1_000)
    board.page.wait_for_function(ALL_SENT)
    assert queue.full(task)["priority"] == 2
