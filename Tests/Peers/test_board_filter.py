"""The filter of the board at `/` by project: the address says what is shown."""

import re

import pytest
from playwright import sync_api

from test_board import open_board, queue  # noqa: F401
from test_taskflow_page import CHROMIUM, browser, complaints  # noqa: F401

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; on Linux scripts/install-deps.sh test gets it")
expect = sync_api.expect


@pytest.fixture
def board(open_board, queue):  # noqa: F811
    queue.create("of none")
    for name in "alpha", "beta":
        queue.create("of " + name, project=name)
    board = open_board()
    board.shows(ready=3)
    return board


def at(page, end: str) -> None:
    expect(page).to_have_url(re.compile(f"/{end}$"))


def test_the_address_follows_the_filter(board):
    page = board.page
    page.fill("#project", "alpha")
    expect(board.titles("ready")).to_have_text(["of alpha"])
    at(page, "#board/alpha")
    page.reload()
    expect(board.titles("ready")).to_have_text(["of alpha"])
    board.view("Table")
    at(page, "#table/alpha")
    expect(page.locator("#table .title")).to_have_text(["of alpha"])
    expect(page.locator("nav a[aria-current]")).to_have_text("Table")
    page.fill("#project", "")
    at(page, "#table")
    expect(page.locator("#table .title")).to_have_count(3)


def test_a_filter_that_was_cleared_does_not_come_back(board):
    page = board.page
    page.evaluate("() => { location.hash = '#board/alpha'; }")
    expect(board.titles("ready")).to_have_text(["of alpha"])
    page.fill("#project", "")
    board.shows(ready=3)
    at(page, "#board")
    board.titles("ready").first.click()
    expect(page.locator("#task-title")).to_have_text("of beta")
    page.go_back()
    at(page, "#board")
    expect(board.titles("ready")).to_have_text(["of beta", "of alpha", "of none"])
    expect(page.locator("#project")).to_have_value("")


def test_the_board_without_a_project_is_the_whole_one(board):
    page = board.page
    page.fill("#project", "alpha")
    at(page, "#board/alpha")
    board.view("Events")
    board.view("Board")
    at(page, "#board/alpha")
    expect(board.titles("ready")).to_have_text(["of alpha"])
    page.get_by_role("link", name="Taskflow").click()
    at(page, "#board")
    expect(board.titles("ready")).to_have_text(["of beta", "of alpha", "of none"])
    expect(page.locator("#project")).to_have_value("")


def test_without_a_token_the_link_to_the_board_clears_the_filter(open_board, queue):  # noqa: F811
    board = open_board(None)
    board.page.evaluate("() => { location.hash = '#board/alpha'; }")
    board.page.wait_for_function("() => project === 'alpha'")
    board.view("Board")
    at(board.page, "#board")
    queue.create("of beta", project="beta")
    expect(board.titles("ready")).to_have_text(["of beta"])


def test_what_stands_for_no_project_is_no_name_of_one(board):
    page = board.page
    page.fill("#project", "~")
    page.evaluate("async () => { await readProjects(); }")
    board.shows(ready=3)
    expect(board.titles("ready")).to_have_count(3)
    page.press("#project", "Enter")
    board.shows()
    page.evaluate("async () => { await readProjects(); }")
    board.shows()
    board.view("Projects")
    page.get_by_role("button", name="Pause tasks without a project").click()
    board.said("Tasks without a project are paused: they are not claimed.")
    page.get_by_role("button", name="Resume tasks without a project").click()
    board.said("Tasks without a project go on.")
