"""The page at `/` in the system's Chromium, without a window: what a person sees."""

import shutil
import subprocess

import pytest
from playwright import sync_api

from client import ADMIN, Client

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; on Linux scripts/install-deps.sh test gets it")


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def complaints():
    """What the browser has to complain about, which must be nothing."""
    found = []
    yield found
    assert found == []


def open_page(browser, server, complaints, **options):
    page = browser.new_context(**options).new_page()
    # Where the server is stopped on purpose the connection may fail; everything else counts.
    page.on("console", lambda message: message.type in ("error", "warning")
            and "ERR_CONNECTION" not in message.text and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: request.url.startswith(server.url) or request.url.startswith("data:")
            or complaints.append(request.url))
    page.goto(server.url + "/")
    sync_api.expect(page.locator("#state")).to_have_text("Connected")
    return page


@pytest.fixture
def server(taskflow_program):
    with taskflow_program.start() as server:
        yield server


def test_tasks_come_change_and_go_without_a_reload(browser, server, complaints):
    page, admin, expect = open_page(browser, server, complaints), Client(server), sync_api.expect
    rows = page.locator("#tasks tr")
    expect(page.locator("#empty")).to_be_visible()
    task = admin.create("WebSocket test", priority=5)
    expect(rows).to_have_count(1)
    expect(rows.first.locator("td")).to_have_text(["WebSocket test", "pending", "5", "–", task["id"]])
    expect(page.locator("#empty")).to_be_hidden()
    admin.change(task["id"], status="completed", priority=9, project="p")
    expect(rows.first.locator("td")).to_have_text(["WebSocket test", "completed", "9", "p", task["id"]])
    admin.ask("DELETE", f"/tasks/{task['id']}")
    expect(rows).to_have_count(0)
    expect(page.locator("#log")).to_contain_text("task.created WebSocket test")
    expect(page.locator("#log")).to_contain_text("task.moved")


def test_a_title_is_shown_as_text_whatever_it_holds(browser, server, complaints):
    page = open_page(browser, server, complaints)
    title = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"
    Client(server).create(title)
    sync_api.expect(page.locator("#tasks td.title")).to_have_text(title)
    assert page.title() == "Taskflow, live"


def test_a_token_shows_the_tasks_that_are_there(browser, server, complaints):
    Client(server).create("older")
    page = open_page(browser, server, complaints)
    assert page.locator("#tasks tr").count() == 0
    page.fill("#token", ADMIN)
    page.click("text=Use it")
    sync_api.expect(page.locator("#tasks td.title")).to_have_text(["older"])
    Client(server).create("newer")
    sync_api.expect(page.locator("#tasks td.title")).to_have_text(["newer", "older"])


def test_with_tokens_of_its_own_the_server_lets_the_page_in_by_one(browser, taskflow_program):
    with taskflow_program.start("--admin-token", "admin-of-the-page-0", "--user-token", "user-of-the-page-00") as server:
        page = browser.new_page()
        page.goto(server.url + "/")
        sync_api.expect(page.locator("#state")).to_contain_text("Disconnected")
        page.fill("#token", "user-of-the-page-00")
        page.press("#token", "Enter")
        sync_api.expect(page.locator("#state")).to_have_text("Connected")
        Client(server, "admin-of-the-page-0").create("seen")
        sync_api.expect(page.locator("#tasks td.title")).to_have_text(["seen"])


def test_the_page_comes_back_when_the_server_does(browser, taskflow_program, complaints):
    with taskflow_program.start() as server:
        page = open_page(browser, server, complaints)
        port = server.port
    sync_api.expect(page.locator("#state")).to_contain_text("Disconnected")
    silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([taskflow_program.binary, "--port", str(port)], **silent) as again:
        try:
            sync_api.expect(page.locator("#state")).to_have_text("Connected", timeout=15_000)
        finally:
            again.terminate()


def test_the_snippet_of_the_page_runs_in_its_console(browser, server, complaints):
    page = open_page(browser, server, complaints)
    said = []
    page.on("console", lambda message: said.append([argument.json_value() for argument in message.args]))
    with page.expect_console_message(lambda message: message.text == "Connected"):
        page.evaluate("text => { const script = document.querySelector('script'); const own = document.createElement('script');"
                      " own.nonce = script.nonce; own.textContent = text; document.body.append(own); }",
                      page.locator("#snippet").text_content())
    with page.expect_console_message(lambda message: "task.created" in str(message.args[-1].json_value())):
        Client(server).create("in the console")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(browser, server, complaints, scheme):
    """WCAG 2.2, success criterion 1.4.3: a contrast of at least 4.5 to 1."""
    page = open_page(browser, server, complaints, color_scheme=scheme)
    Client(server).create("a task")
    sync_api.expect(page.locator("#tasks tr")).to_have_count(1)
    contrasts = page.evaluate("""() => {
        const part = (c) => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
        const light = (text) => { const [r, g, b] = text.match(/[\\d.]+/g).map(Number);
                                  return .2126 * part(r) + .7152 * part(g) + .0722 * part(b); };
        const back = (e) => { for (; e; e = e.parentElement) {
            const color = getComputedStyle(e).backgroundColor; if (!color.endsWith(", 0)")) return color; } };
        return [...document.querySelectorAll("h1,h2,p,th,td,button,code,span,time,li")]
            .filter((e) => e.textContent.trim() && e.offsetParent && !e.closest("tr.changed"))
            .map((e) => { const [a, b] = [light(getComputedStyle(e).color), light(back(e))].sort((a, b) => b - a);
                          return [(a + .05) / (b + .05), e.tagName + " " + e.textContent.slice(0, 30)]; });
    }""")
    assert contrasts and [entry for entry in contrasts if entry[0] < 4.5] == []


def test_the_page_fits_a_telephone_and_names_its_fields(browser, server, complaints):
    page = open_page(browser, server, complaints, viewport={"width": 360, "height": 700})
    Client(server).create("a" * 400)
    sync_api.expect(page.locator("#tasks tr")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.get_by_label("Token", exact=True).first.is_visible()
    assert page.get_by_role("status").count() >= 2 and page.get_by_role("heading").count() == 5
