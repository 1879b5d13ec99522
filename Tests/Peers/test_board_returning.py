"""The board at `/` after something was away: the history, an answer, the token, the server itself."""

import json
import re

import pytest
from playwright import sync_api

from board_page import Board
from client import ADMIN
from queue_client import Queue
from test_board import open_board, queue  # noqa: F401
from test_taskflow_page import AWAY, CHROMIUM, browser, complaints  # noqa: F401

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; on Linux scripts/install-deps.sh test gets it")
expect = sync_api.expect


# The page of a task

@pytest.mark.no_redis("it forgets nothing when the server is killed")
def test_the_page_of_a_task_says_after_a_gap_that_it_is_gone(browser, taskflow_program, complaints):  # noqa: F811
    with taskflow_program.start() as server:
        task = Queue(server).create("forgotten")
        board = Board(browser, server, complaints, may_complain=AWAY + "|404")
        board.open(task)
        expect(board.page.get_by_role("button", name="Edit")).to_be_visible()
        server.kill()
        expect(board.page.locator("#state")).to_contain_text("Disconnected")
        assert server.start_again()
        expect(board.page.locator("#state")).to_have_text("Connected", timeout=15_000)
        expect(board.page.locator("#task-view")).to_contain_text("There is no such task")
        expect(board.page.get_by_role("button", name="Edit")).to_have_count(0)


def test_the_page_of_a_task_still_hears_what_it_needs_after_another_order_was_chosen(open_board, queue):  # noqa: F811
    needed = queue.create("needed")
    task = queue.create("needing", dependencies=[needed["id"]])
    board = open_board()
    board.open(task)
    expect(board.page.locator(".waits li")).to_have_count(1)
    board.page.select_option("#order", "oldest")
    expect(board.page.locator(".badge")).to_have_text("waiting")
    board.page.wait_for_function("() => !isReading")
    queue.change(needed["id"], status="completed")
    expect(board.page.locator(".badge")).to_have_text("ready")
    expect(board.page.locator(".waits")).to_have_count(0)


# Lists

def test_what_could_not_be_read_is_said_and_read_as_soon_as_it_can_be(open_board, queue):  # noqa: F811
    for number in range(3):
        queue.create(f"task {number}")
    board = open_board(None, may_complain="503")
    page, is_away = board.page, [True]
    page.route(re.compile(r"/tasks\?|/projects$"), lambda route: route.fulfill(status=503) if is_away else route.continue_())
    page.fill("#token", ADMIN)
    page.click("text=Use it")
    expect(page.locator("#empty")).to_have_text("The tasks could not be read. The page tries again.")
    board.said("Not all tasks could be read. The server answered 503.")
    page.wait_for_function("() => lists.get('ready').tries.bound > 2 * shortest")
    expect(page.locator("#empty")).to_have_text("The tasks could not be read. The page tries again.")
    is_away.clear()
    expect(board.titles("ready")).to_have_text(["task 2", "task 1", "task 0"])
    board.shows(ready=3)
    expect(page.locator("#empty")).to_be_hidden()
    page.wait_for_function("() => [...lists.values()].every(({ tries }) => !tries.areFailing)")


@pytest.mark.parametrize("away", [r"/tasks\?", "/projects$"])
def test_that_there_is_nothing_is_said_once_that_is_known(open_board, queue, away):  # noqa: F811
    """The lists tell it as well as the counts of the projects."""
    board = open_board(None, may_complain="503")
    page, held = board.page, []
    expect(page.locator("#empty")).to_contain_text("Nothing yet")
    page.route(re.compile(r"/tasks\?|/projects$"), lambda route: held.append(route))
    page.fill("#token", ADMIN)
    page.click("text=Use it")
    page.wait_for_function("() => questions.size === 8")
    expect(page.locator("#empty")).to_be_hidden()
    while len(held) < 9:
        page.wait_for_timeout(20)
    for route in held:
        if not re.search(away, route.request.url):
            route.continue_()
    expect(page.locator("#empty")).to_have_text("Nothing yet. A task that is created now appears here by itself.")
