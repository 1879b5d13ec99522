"""The dialog of the board at `/` in which a task is made or changed: what is typed there is neither lost nor made another."""

import json

import pytest
from playwright import sync_api

from test_board import open_board, queue  # noqa: F401
from test_taskflow_page import CHROMIUM, browser, complaints  # noqa: F401

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; on Linux scripts/install-deps.sh test gets it")
expect = sync_api.expect

# The page's requests of one method wait for `letGo`; `waiting` says how many do, and `isRead` that the page has made of an
# answer what it makes of it.
HOLD = """method => {
    const real = window.fetch, held = [];
    window.fetch = async (path, options) => {
        if ((options.method ?? "GET") === method && /^\\/tasks(\\/[0-9a-f-]{36}\\?.*)?$/.test(path))
            await new Promise((done) => held.push(done));
        const answer = await real(path, options), read = answer.text.bind(answer);
        answer.json = async () => JSON.parse(await answer.text());
        answer.text = async () => { const text = await read(); setTimeout(() => { window.isRead = true; }); return text; };
        return answer; };
    window.isRead = false;
    window.waiting = () => held.length;
    window.letGoLast = () => held.pop()();
    window.letGo = () => { window.fetch = real; window.isRead = false; for (const done of held.splice(0)) done(); }; }"""


def hold(page, method: str) -> None:
    page.evaluate(HOLD, method)


def leave(page) -> None:
    """Closes the dialog. Until the next frame its field has the focus."""
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.activeElement === document.body")


def all_is_waiting(page, count: int) -> None:
    page.wait_for_function("count => waiting() === count", arg=count)


def make_held(page, title: str, **fields: str) -> None:
    """Has a task made, whose answer is held."""
    hold(page, "POST")
    page.keyboard.press("n")
    for name, value in {"title": title, **fields}.items():
        page.fill(f"#field-{name}", value)
    page.keyboard.press("Enter")
    all_is_waiting(page, 1)


def begin_the_next(page) -> None:
    leave(page)
    page.keyboard.press("n")
    page.fill("#field-title", "the second")


# Late answers

def test_an_edit_that_is_read_late_takes_no_place_of_what_is_typed(open_board, queue):  # noqa: F811
    queue.create("the other")
    board = open_board()
    page = board.page
    board.titles("ready").focus()
    hold(page, "GET")
    page.keyboard.press("e")
    all_is_waiting(page, 1)
    page.keyboard.press("n")
    page.fill("#field-title", "my long text")
    page.evaluate("() => letGo()")
    page.wait_for_function("() => isRead")
    expect(page.locator("#editor-title")).to_have_text("New task")
    expect(page.locator("#field-title")).to_have_value("my long text")


def test_of_two_edits_the_one_asked_for_last_is_opened(open_board, queue):  # noqa: F811
    queue.create("older")
    queue.create("newer")
    board = open_board()
    page = board.page
    board.titles("ready").first.focus()
    hold(page, "GET")
    page.keyboard.press("e")
    all_is_waiting(page, 1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("e")
    all_is_waiting(page, 2)
    page.evaluate("() => letGoLast()")
    expect(page.locator("#field-title")).to_have_value("older")
    page.evaluate("() => letGo()")
    page.wait_for_function("() => isRead")
    expect(page.locator("#field-title")).to_have_value("older")


def test_a_task_that_is_made_late_leaves_the_next_one_open(open_board, queue):  # noqa: F811
    board = open_board()
    page = board.page
    make_held(page, "the first")
    begin_the_next(page)
    page.evaluate("() => letGo()")
    board.said("“the first” is made.")
    expect(board.titles("ready")).to_have_text(["the first"])
    expect(page.locator("#field-title")).to_have_value("the second")
    expect(page.locator("#editor")).to_be_visible()


def test_a_task_that_is_refused_late_says_so_outside_of_the_next_one(open_board, queue):  # noqa: F811
    board = open_board(may_complain="422")
    page = board.page
    make_held(page, "the first", type="no such / type!")
    begin_the_next(page)
    page.evaluate("() => letGo()")
    expect(page.locator("#said")).to_contain_text("type")
    expect(page.locator("#editor .bad")).to_have_text("")
    expect(page.locator("#field-title")).to_be_focused()


def test_what_is_being_sent_is_not_sent_again(open_board, queue):  # noqa: F811
    board = open_board()
    page = board.page
    make_held(page, "once")
    page.fill("#field-title", "twice")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Create")).to_have_attribute("aria-disabled", "true")
    page.evaluate("() => letGo()")
    expect(page.locator("#editor")).to_be_hidden()
    expect(board.titles("ready")).to_have_text(["once"])


def test_no_key_takes_the_place_of_an_open_dialog(open_board, queue):  # noqa: F811
    board = open_board()
    page = board.page
    page.keyboard.press("n")
    page.fill("#field-title", "my long text")
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("n")
    expect(page.locator("#field-title")).to_have_value("my long text")


# Numbers

def test_a_delay_that_is_no_number_makes_no_task(open_board, queue):  # noqa: F811
    board = open_board()
    page = board.page
    page.keyboard.press("n")
    page.fill("#field-title", "later")
    page.locator("#field-delay").focus()
    page.keyboard.type("1e")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("This is no number.")
    expect(page.locator("#field-delay")).to_be_focused()
    expect(page.locator("#field-delay")).to_have_attribute("aria-invalid", "true")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    expect(board.titles("scheduled")).to_have_text(["later"])
    assert [task["state"] for task in queue.json("/tasks?view=full")] == ["scheduled"]


@pytest.mark.parametrize("typed, said", [("1e", "This is no number."), ("", "A task has a priority.")])
def test_an_edit_without_a_right_priority_is_refused(open_board, queue, typed, said):  # noqa: F811
    task = queue.create("a task", priority=5)
    board = open_board()
    page = board.page
    board.titles("ready").focus()
    page.keyboard.press("e")
    page.fill("#field-priority", "")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text(said)
    expect(page.locator("#field-priority")).to_be_focused()
    assert queue.full(task)["priority"] == 5
    page.fill("#field-priority", "6")
    page.keyboard.press("Enter")
    board.said("The task is changed.")
    assert queue.full(task)["priority"] == 6


# Payloads

PAYLOAD = '{"id":9007199254740993,"list":[1.0,-0,1e400,0.1234567890123456789],"x":1}'


def test_a_payload_keeps_all_digits(open_board, queue):  # noqa: F811
    task = json.loads(queue.ask("POST", "/tasks", raw=b'{"title":"big","payload":' + PAYLOAD.encode() + b"}").body)
    board = open_board()
    page = board.page
    board.open(task)
    page.click("summary")
    shown = page.locator("details pre").text_content()
    assert "".join(shown.split()) == PAYLOAD
    page.get_by_role("button", name="Edit").click()
    expect(page.locator("#field-payload")).to_have_value(shown)
    page.fill("#field-payload", shown.replace('"x": 1', '"x": 18446744073709551617'))
    page.get_by_role("button", name="Save").click()
    board.said("The task is changed.")
    assert PAYLOAD.replace('"x":1', '"x":18446744073709551617').encode() in queue.get(f"/tasks/{task['id']}?view=full").body


def test_a_browser_that_rounds_numbers_changes_no_payload_that_has_such(open_board, queue):  # noqa: F811
    task = json.loads(queue.ask("POST", "/tasks", raw=b'{"title":"big","payload":' + PAYLOAD.encode() + b"}").body)
    board = open_board()
    page = board.page
    page.add_init_script("delete JSON.rawJSON")
    page.reload()
    board.titles("ready").focus()
    page.keyboard.press("e")
    expect(page.locator("#field-payload")).to_have_attribute("readonly", "")
    page.fill("#field-title", "still big")
    page.keyboard.press("Enter")
    board.said("The task is changed.")
    assert PAYLOAD.encode() in queue.get(f"/tasks/{task['id']}?view=full").body
    page.keyboard.press("n")
    page.fill("#field-title", "another")
    page.fill("#field-payload", '{"text": "9007199254740993", "id": 9007199254740993}')
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("alert")).to_have_text("This browser cannot send all of these digits.")
    page.fill("#field-payload", '{"text": "9007199254740993", "id": 9007199254740991}')
    page.get_by_role("button", name="Create").click()
    board.said("“another” is made.")
