"""The board at `/` after something was away: the history, an answer, the token, the server itself."""

import json
import re

import pytest
from playwright import sync_api

from board_page import Board
from client import ADMIN, USER
from queue_client import Queue, until
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
    until(lambda: len(held) == 9 or page.wait_for_timeout(20))
    for route in held:
        if not re.search(away, route.request.url):
            route.continue_()
    expect(page.locator("#empty")).to_have_text("Nothing yet. A task that is created now appears here by itself.")


# The token

def test_a_token_brings_the_page_of_a_task_to_life(open_board, queue):  # noqa: F811
    task = queue.create("Send the letter")
    board = open_board(None)
    page = board.page
    page.evaluate("id => { location.hash = '#task/' + id; }", task["id"])
    expect(page.locator("#task-view")).to_contain_text("A task’s page needs a token.")
    page.evaluate("() => fetch('/health')")  # An answer to what was asked before would be here too.
    assert page.locator("#access-note").text_content() == ""
    page.fill("#token", ADMIN)
    page.click("text=Use it")
    expect(page.locator("#task-title")).to_have_text("Send the letter")
    expect(page.get_by_role("button", name="Edit")).to_be_visible()


def test_a_token_that_is_forgotten_takes_its_task_from_the_screen(open_board, queue):  # noqa: F811
    board = open_board()
    board.open(queue.create("Send the letter", description="in secret"))
    expect(board.page.locator(".description")).to_have_text("in secret")
    board.page.evaluate("() => { find('token').value = ''; find('access').requestSubmit(); }")
    expect(board.page.locator("#task-view")).to_have_text("TaskA task’s page needs a token.")


def test_a_token_brings_the_workers_to_life(open_board, queue):  # noqa: F811
    queue.add("letter", title="Send the letter")
    queue.take("letter", worker="mail-1")
    board = open_board(None)
    board.view("Workers")
    expect(board.page.locator("#workers-about")).to_have_text("Which worker has which task needs a token.")
    board.page.fill("#token", ADMIN)
    board.page.click("text=Use it")
    expect(board.page.locator("#workers .worker-cell")).to_have_text("mail-1")
    expect(board.page.locator("#workers-about")).to_have_text("1 worker with 1 task.")


def test_what_the_token_allows_is_asked_for_again(open_board, queue):  # noqa: F811
    board, answers = open_board(may_complain="503"), [503, 503]
    page = board.page
    page.route("**/tasks/system/access", lambda route: route.fulfill(status=answers.pop()) if answers else route.continue_())
    page.reload()
    expect(page.locator("#new")).to_be_visible()
    assert answers == []


def test_another_token_is_not_offered_what_the_former_one_allowed(open_board, queue):  # noqa: F811
    board = open_board(may_complain="503")
    page = board.page
    expect(page.locator("#new")).to_be_visible()
    page.route("**/tasks/system/access", lambda route: route.fulfill(status=503))
    board.view("Access")
    page.fill("#token", USER)
    page.click("text=Use it")
    # It connects anew when the question of what the token allows is answered.
    page.wait_for_function("() => token.includes('user') && position !== null")
    expect(page.locator("#new")).to_be_hidden()


def test_what_the_token_allows_is_asked_for_when_the_server_is_back(browser, taskflow_program, complaints, tmp_path):  # noqa: F811
    with taskflow_program.start("--store", f"sqlite:{tmp_path}/tasks.db") as server:
        board = Board(browser, server, complaints, may_complain=AWAY)
        expect(board.page.locator("#new")).to_be_visible()
        denied = {"permissions": {"create": False, "change": False}}
        board.page.route("**/tasks/system/access", lambda route: route.fulfill(json=denied))
        server.kill()
        expect(board.page.locator("#state")).to_contain_text("Disconnected")
        assert server.start_again()
        expect(board.page.locator("#state")).to_have_text("Connected", timeout=15_000)
        expect(board.page.locator("#new")).to_be_hidden()


# A connection that is dead

READY = {"event": "connection.ready", "clientId": "ws-1", "rooms": ["tasks"], "heartbeat": 30, "epoch": "e", "seq": 5}


@pytest.mark.parametrize("wakes", ["the clock", "online", "visibilitychange"])
def test_a_connection_on_which_nothing_comes_is_made_anew(browser, fresh, complaints, wakes):  # noqa: F811
    page, connections = browser.new_context().new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.clock.install()

    def serve(connection):
        connections.append(connection)
        connection.send(json.dumps(READY | ({"recovered": True} if len(connections) > 1 else {})))

    page.route_web_socket(re.compile("/ws/tasks"), serve)
    page.goto(fresh.url + "/")
    page.wait_for_function("() => position?.seq === 5")
    # What comes while nothing happens keeps it.
    for seq in 6, 7, 8:
        page.clock.fast_forward(60_000)
        assert page.evaluate("() => socket.readyState") == 1 and len(connections) == 1
        connections[0].send(json.dumps({"event": "position", "seq": seq}))
        page.wait_for_function("seq => position.seq === seq", arg=seq)
    if wakes == "the clock":
        page.clock.fast_forward(80_000)
    else:
        # As when the computer slept: the day's time has gone on, and no timer has.
        page.clock.set_system_time(page.evaluate("() => Date.now() + 80000"))
        page.evaluate("name => (name === 'online' ? window : document).dispatchEvent(new Event(name))", wakes)
    page.wait_for_function("() => position.seq === 8 && socket.readyState === 1 && !wasLost")
    assert len(connections) == 2
    assert connections[1].url.endswith("since=8&epoch=e")
    page.locator("nav a", has_text="Events").click()
    expect(page.locator("#log")).to_contain_text("Resumed: nothing was missed")
    expect(page.locator("#state")).to_have_text("Connected")
