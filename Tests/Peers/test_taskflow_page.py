"""The page at `/` in the system's Chromium, without a window: what a person sees."""

import json
import os
import re
import shutil
import subprocess
from urllib.parse import urlsplit

import pytest
from playwright import sync_api

from client import ADMIN, Client, wait_until_ready

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


# What a browser may complain of where the server is stopped on purpose: there is none, or one that reads its tasks.
AWAY = r"WebSocket connection to '[^']*' failed: .*(ERR_CONNECTION|503)|Failed to load resource: .*ERR_CONNECTION"


def open_page(browser, server, complaints, may_complain="(?!)", **options):
    page = browser.new_context(**options).new_page()
    page.on("console", lambda message: message.type in ("error", "warning")
            and not re.search(may_complain, message.text) and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: request.url.startswith(server.url) or request.url.startswith("data:")
            or complaints.append(request.url))
    page.goto(server.url + "/")
    sync_api.expect(page.locator("#state")).to_have_text("Connected")
    return page


def titles(page, state: str = "ready"):
    """Those of a column of the board, or of the table."""
    return page.locator("#table .title" if state == "all" else f".column[data-state={state}] .title")


def view(page, name: str) -> None:
    page.locator("nav a", has_text=name).click()


def use_token(page, token: str = ADMIN) -> None:
    page.fill("#token", token)
    page.click("text=Use it")


@pytest.fixture
def server(taskflow_program):
    with taskflow_program.start() as server:
        yield server


@pytest.mark.parametrize("reason, shown", [("come back in 55000 ms", "55.0 s"), ("why; come back in 90000 ms", "60.0 s"),
                                           ("come back in 55000 ms or so", r"[012]\.\d s"), ("", r"[012]\.\d s")])
def test_it_comes_back_when_the_server_has_asked_for_that(browser, server, complaints, reason, shown):
    page = browser.new_context().new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.add_init_script("Math.random = () => 1")
    page.route_web_socket(re.compile("/ws/tasks"), lambda socket: socket.close(code=1012, reason=reason))
    page.goto(server.url + "/")
    sync_api.expect(page.locator("#state")).to_have_text(re.compile("^Disconnected, next try in " + shown))


def test_tasks_come_change_and_go_without_a_reload(browser, server, complaints):
    page, admin, expect = open_page(browser, server, complaints), Client(server), sync_api.expect
    expect(page.locator("#empty")).to_be_visible()
    task = admin.create("WebSocket test", priority=5)
    card = page.locator(".column[data-state=ready] .card")
    expect(card.locator(".title")).to_have_text(["WebSocket test"])
    expect(card.locator(".priority")).to_have_text(["5"])
    expect(page.locator("#empty")).to_be_hidden()
    admin.change(task["id"], status="completed", priority=9, project="p")
    card = page.locator(".column[data-state=completed] .card")
    expect(card.locator(".title")).to_have_text(["WebSocket test"])
    expect(card.locator(".priority")).to_have_text(["9"])
    expect(card.locator(".fact")).to_have_text(["p"])
    expect(titles(page)).to_have_count(0)
    view(page, "Table")
    cells = page.locator("#table .row-of-table > *")
    expect(cells).to_have_text(["WebSocket test", "completed", "9", "p", "–", re.compile(r"\d{4}")])
    admin.ask("DELETE", f"/tasks/{task['id']}")
    expect(titles(page, "all")).to_have_count(0)
    view(page, "Events")
    expect(page.locator("#log")).to_contain_text("task.created WebSocket test")
    expect(page.locator("#log")).to_contain_text("task.moved")


def test_a_title_is_shown_as_text_whatever_it_holds(browser, server, complaints):
    page = open_page(browser, server, complaints)
    title = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"
    Client(server).create(title)
    sync_api.expect(titles(page)).to_have_text(title)
    assert page.title() == "Taskflow, live"


def test_a_token_shows_the_tasks_that_are_there(browser, server, complaints):
    Client(server).create("older")
    page = open_page(browser, server, complaints)
    assert titles(page).count() == 0
    use_token(page)
    sync_api.expect(titles(page)).to_have_text(["older"])
    Client(server).create("newer")
    sync_api.expect(titles(page)).to_have_text(["newer", "older"])


@pytest.mark.parametrize("text", ["Bearer secret-admin-123", "a b", "täken", '"quoted"', "a,b", "a\tb", "a/b=", "😀", "x" * 257])
def test_what_is_no_token_is_said_to_be_none_and_the_feed_goes_on(browser, server, complaints, text):
    page, expect = open_page(browser, server, complaints), sync_api.expect
    page.fill("#token", text)
    page.click("text=Use it")
    expect(page.locator("#access-note")).to_contain_text("This is not a token:")
    assert page.get_attribute("#token", "aria-invalid") == "true"
    Client(server).create("still heard")
    expect(titles(page)).to_have_text(["still heard"])
    view(page, "Events")
    expect(page.locator("#log li", has_text="task.created")).to_have_count(1)
    assert page.locator("#log li", has_text="connection.ready").count() == 1, "it is the connection of before"
    page.fill("#token", " " + ADMIN + " ")
    page.click("text=Use it")
    expect(page.locator("#access-note")).to_contain_text("The token is used")
    assert page.get_attribute("#token", "aria-invalid") == "false"


def test_a_wrong_token_is_said_to_be_wrong_and_the_feed_goes_on(browser, server):
    page, expect = open_page(browser, server, []), sync_api.expect
    page.fill("#token", "not-the-token-of-this-server")
    page.click("text=Use it")
    expect(page.locator("#access-note")).to_contain_text("The token is not right")
    expect(page.locator("#state")).to_have_text("Connected")
    Client(server).create("still heard")
    expect(titles(page)).to_have_text(["still heard"])


@pytest.mark.parametrize("answer", [503, None])
def test_a_list_that_is_refused_or_does_not_come_is_said(browser, server, complaints, answer):
    page = open_page(browser, server, complaints, "503" if answer else "ERR_")
    page.evaluate("() => { AbortSignal.timeout = () => AbortSignal.abort(); }" if answer is None else "() => {}")
    if answer:
        page.route(re.compile(r"/tasks\?"), lambda route: route.fulfill(status=answer))
    page.fill("#token", ADMIN)
    page.click("text=Use it")
    said = f"The server answered {answer}." if answer else "The server cannot be reached."
    sync_api.expect(page.locator("#access-note")).to_have_text(said)


def test_the_token_is_kept_for_the_tab_and_for_no_other(browser, server, complaints):
    Client(server).create("older")
    page, expect = open_page(browser, server, complaints), sync_api.expect
    use_token(page)
    expect(titles(page)).to_have_text(["older"])
    page.reload()
    expect(titles(page)).to_have_text(["older"])
    expect(page.locator("#access-view")).to_be_hidden()
    other = open_page(browser, server, complaints)
    expect(other.locator("#about")).to_contain_text("need a token")
    assert titles(other).count() == 0
    view(page, "Access")
    page.click("text=Use it")  # The field is empty after a reload.
    expect(page.locator("#access-note")).to_have_text("No token is used now.")
    page.reload()
    view(page, "Board")
    expect(page.locator("#about")).to_contain_text("need a token")
    assert titles(page).count() == 0


def test_a_page_that_may_keep_nothing_works_all_the_same(browser, server, complaints):
    Client(server).create("older")
    context = browser.new_context()
    context.add_init_script("Object.defineProperty(window, 'sessionStorage', {get() { throw new DOMException('no', 'SecurityError') }})")
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(server.url + "/")
    use_token(page)
    sync_api.expect(titles(page)).to_have_text(["older"])


def test_what_an_event_has_changed_is_said(browser, server, complaints):
    page, admin = open_page(browser, server, complaints), Client(server)
    view(page, "Events")
    task = admin.create("a task", priority=5)
    admin.change(task["id"], status="in-progress", project="p")
    admin.change(task["id"], priority=9)
    admin.change(task["id"], description="Ł" * 9_000)
    admin.ask("DELETE", f"/tasks/{task['id']}")
    lines = page.locator("#log li")
    sync_api.expect(lines).to_have_count(7)
    said = [line.split("task.", 1)[-1] for line in reversed(lines.all_text_contents())]
    assert said[1:] == ["created a task", "updated a task (status: in-progress, project: p)", "updated a task (priority: 9)",
                        "moved a task (priority: 5 → 9)", "updated a task (description: " + "Ł" * 80 + "…)", "deleted a task"]


EVENTS = """(count) => { for (let number = 0; number < count; number += 1) {
    const task = { id: String(number).padStart(8, "0"), title: "t", status: "pending", priority: 1, dependencies: [] };
    receive(JSON.stringify({ event: "task.created", task })); receive(JSON.stringify({ event: "task.deleted", task })); } }"""
KEPT = """() => [tasks.size, lines.length <= 400, needing.size, Math.max(0, ...[...questions].map((changed) => changed.size))]"""


def test_what_comes_and_goes_leaves_nothing_behind(browser, server, complaints):
    page = open_page(browser, server, complaints)
    page.evaluate(EVENTS, 3_000)
    assert page.evaluate(KEPT) == [0, True, 0, 0]
    view(page, "Events")
    sync_api.expect(page.locator("#log li")).to_have_count(200)


def test_what_only_comes_leaves_the_newest_where_nothing_is_listed(browser, server, complaints):
    page = open_page(browser, server, complaints)
    page.evaluate(EVENTS.replace("receive(JSON.stringify({ event: \"task.deleted\", task }));", ""), 5_000)
    assert page.evaluate("() => tasks.size <= 2101 && tasks.has('00004999') && !tasks.has('00000001')")


def test_a_list_that_does_not_come_lets_nothing_grow(browser, server, complaints):
    page, held, holds = open_page(browser, server, complaints), [], [True]
    page.route(re.compile(r"/tasks\?"), lambda route: held.append(route) if holds else route.continue_())
    use_token(page)
    page.wait_for_function("() => questions.size === 8")
    page.evaluate(EVENTS, 3_000)
    assert page.evaluate(KEPT) == [0, True, 0, 1_001]
    Client(server).create("there all the time")
    holds.clear()
    for route in held:
        route.continue_()
    # More had changed than it knew of, so it asks once more.
    sync_api.expect(titles(page)).to_have_text(["there all the time"])
    page.wait_for_function(f"() => ({KEPT})()[3] === 0", timeout=5_000)


def test_an_older_task_that_changes_stands_where_it_belongs(browser, server, complaints):
    admin = Client(server)
    older = admin.create("older", status="failed")
    page = open_page(browser, server, complaints)
    admin.create("newer", status="completed")
    admin.change(older["id"], status="completed")
    sync_api.expect(titles(page, "completed")).to_have_text(["newer", "older"])


def test_a_token_that_is_needed_is_asked_for_where_it_is_needed(browser, taskflow_program):
    with taskflow_program.start("--admin-token", "admin-of-the-page-0") as server:
        page = browser.new_page()
        page.goto(server.url + "/")
        sync_api.expect(page.locator("#state")).to_have_text("Disconnected: a token is needed")
        sync_api.expect(page.locator("#about")).to_have_text("This server shows its tasks only with a token.")
        sync_api.expect(page.locator("#token")).to_be_visible()


def test_with_tokens_of_its_own_the_server_lets_the_page_in_by_one(browser, taskflow_program):
    with taskflow_program.start("--admin-token", "admin-of-the-page-0", "--user-token", "user-of-the-page-00") as server:
        page = browser.new_page()
        page.goto(server.url + "/")
        sync_api.expect(page.locator("#state")).to_contain_text("Disconnected")
        page.fill("#token", "user-of-the-page-00")
        page.press("#token", "Enter")
        sync_api.expect(page.locator("#state")).to_have_text("Connected")
        Client(server, "admin-of-the-page-0").create("seen")
        sync_api.expect(titles(page)).to_have_text(["seen"])


@pytest.mark.no_redis("it forgets nothing when the server is killed")
def test_the_page_comes_back_when_the_server_does(browser, taskflow_program, complaints):
    with taskflow_program.start() as server:
        page, expect = open_page(browser, server, complaints, AWAY), sync_api.expect
        Client(server).create("forgotten")
        expect(titles(page)).to_have_count(1)
        server.kill()
        expect(page.locator("#state")).to_contain_text("Disconnected")
        assert server.start_again()
        expect(page.locator("#state")).to_have_text("Connected", timeout=15_000)
        expect(titles(page)).to_have_count(0)
        view(page, "Events")
        expect(page.locator("#log")).to_contain_text("Not resumed: missed events are gone; the tasks are listed anew")


def test_the_page_goes_on_where_it_was_when_a_server_was_killed(browser, taskflow_program, complaints, tmp_path):
    with taskflow_program.start("--store", f"sqlite:{tmp_path}/tasks.db") as server:
        page, expect = open_page(browser, server, complaints, AWAY), sync_api.expect
        older = Client(server).create("older")
        expect(titles(page)).to_have_text(["older"])
        view(page, "Events")
        server.kill()
        expect(page.locator("#state")).to_contain_text("Disconnected")
        # It would be back too early to miss something.
        page.evaluate("() => { clearTimeout(retry); window.comeBack = connect; connect = () => {}; }")
        assert server.start_again()
        wait_until_ready(server)
        Client(server).change(older["id"], title="changed")
        Client(server).create("newer")
        page.evaluate("() => { connect = comeBack; connect(); }")
        expect(page.locator("#log li").first).to_contain_text("Resumed: 2 missed events came")
        view(page, "Board")
        expect(titles(page)).to_have_text(["newer", "changed"])


def open_scripted(browser, server, complaints, *scripts):
    """The page, and in place of the server's WebSocket what each connection says: all but the last are closed behind it.
    Also the queries that the connections came with."""
    page, asked, left = browser.new_context().new_page(), [], list(scripts)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def serve(connection):
        asked.append(urlsplit(connection.url).query.removeprefix("rooms=tasks,queue&"))
        connection.on_message(lambda message: asked.append(message))
        for message in left.pop(0):
            connection.send(json.dumps(message))
        if left:
            connection.close(code=1001)

    page.route_web_socket(re.compile("/ws/tasks"), serve)
    return page, asked


def ready(epoch: str, seq: int, **fields) -> dict:
    return {"event": "connection.ready", "clientId": "ws-1", "rooms": ["tasks"], "epoch": epoch, "seq": seq} | fields


def created(seq: int, title: str) -> dict:
    return {"event": "task.created", "seq": seq, "task": {"id": title[0], "title": title, "status": "pending", "priority": 1}}


def test_what_was_missed_comes_when_the_connection_does_and_nothing_comes_twice(browser, server, complaints):
    page, asked = open_scripted(
        browser, server, complaints, [ready("e 1", 5), created(6, "a")],
        [ready("e 1", 8, recovered=True), created(6, "a, again"), created(7, "b"), created(8, "c"), created(9, "d")])
    page.goto(server.url + "/")
    expect = sync_api.expect
    expect(titles(page)).to_have_text(["d", "c", "b", "a"])
    view(page, "Events")
    expect(page.locator("#log li")).to_have_count(7)
    lines = page.locator("#log li").all_text_contents()
    assert [re.search("Resumed.*|task.*|connection.ready", line)[0] for line in lines] == [
        "task.created d", "Resumed: 2 missed events came", "task.created c", "task.created b", "connection.ready",
        "task.created a", "connection.ready"]
    assert asked == ["since=", "since=6&epoch=e%201"]
    expect(page.locator("#seen")).to_have_text("6 messages.")


CONFIRMED = {"event": "subscription.confirmed", "rooms": ["tasks", "queue"], "epoch": "e2", "seq": 20}


def test_where_events_are_gone_it_begins_anew_and_waits_for_no_snapshot(browser, server, complaints):
    snapshot = {"event": "snapshot", "seq": 18, "tasks": [created(0, "b")["task"]], "more": True}
    page, asked = open_scripted(
        browser, server, complaints, [ready("e1", 5), created(6, "a")],
        [ready("e2", 20, recovered=False), snapshot, CONFIRMED, created(21, "d"), {"event": "position", "seq": 30}],
        [ready("e2", 30, recovered=True)])
    page.goto(server.url + "/")
    view(page, "Events")
    expect = sync_api.expect
    expect(page.locator("#log li", has_text="Resumed: nothing was missed")).to_have_count(1)
    expect(page.locator("#log li", has_text="Not resumed: missed events are gone; the tasks are listed anew")).to_have_count(1)
    view(page, "Board")
    expect(titles(page)).to_have_text(["d"])
    assert asked == ["since=", "since=6&epoch=e1", '{"type":"subscribe","rooms":["tasks","queue"],"since":null}', "since=30&epoch=e2"]


def test_a_beginning_that_was_not_confirmed_is_none(browser, server, complaints):
    page, asked = open_scripted(
        browser, server, complaints, [ready("e1", 5), created(6, "a")], [ready("e2", 20, recovered=False)],
        [ready("e2", 22), created(23, "b")])
    page.goto(server.url + "/")
    sync_api.expect(titles(page)).to_have_text(["b"])
    assert [query for query in asked if query[0] != "{"] == ["since=", "since=6&epoch=e1", "since="]


def test_it_waits_up_to_twice_as_long_each_time_and_at_most_20_s(browser, server, complaints):
    page, _ = open_scripted(browser, server, complaints, *[[]] * 10)
    page.add_init_script("const real = setTimeout; window.delays = []; Math.random = () => 1;"
                         "window.setTimeout = (callback, delay) => { delays.push(delay); return real(callback, 0); };")
    page.goto(server.url + "/")
    page.wait_for_function("() => delays.length === 9")
    assert page.evaluate("delays") == [500, 1000, 2000, 4000, 8000, 16000, 20000, 20000, 20000]


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


def test_the_snippet_of_the_page_runs_in_node(browser, server, complaints, tmp_path):
    """Node 22 has WebSocket; for Node 20 there is the package ws."""
    if not shutil.which("node"):
        pytest.skip("Node is not installed")
    page = open_page(browser, server, complaints)
    (tmp_path / "client.js").write_text(page.locator("#snippet").text_content() + "\nsetTimeout(() => ws.close(), 500);\n")
    environment = os.environ | {"NODE_PATH": os.pathsep.join([os.environ.get("NODE_PATH", ""), "/usr/share/nodejs"])}
    shown = subprocess.check_output(["node", tmp_path / "client.js"], text=True, env=environment, timeout=60)
    assert shown.startswith("Connected\nServer sent: {") and shown.endswith("Disconnected\n")
    assert "event: 'connection.ready'" in shown and "No connection" not in shown


BROKEN_WORDS = """() => {
    const broken = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text; text = texts.nextNode();) {
        if (!text.parentElement.offsetParent || text.parentElement.closest("pre, script, .hidden")) continue;
        for (const word of text.data.matchAll(/\\S+/g)) {
            const range = document.createRange();
            range.setStart(text, word.index); range.setEnd(text, word.index + word[0].length);
            if (new Set([...range.getClientRects()].map((r) => Math.round(r.top))).size > 1) broken.push(word[0]);
        }
    }
    return broken; }"""


@pytest.mark.parametrize("width", [320, 360, 412, 768, 1280])
def test_nothing_breaks_inside_a_word(browser, server, complaints, width):
    page, admin = open_page(browser, server, complaints, viewport={"width": width, "height": 700}), Client(server)
    task = admin.create("Renew the certificates of the internationalization department", project="infrastructure")
    admin.change(task["id"], status="in-progress", priority=-1_000_000)
    page.fill("#token", "a b")
    page.click("text=Use it")
    sync_api.expect(titles(page, "held")).to_have_count(1)
    use_token(page)
    sync_api.expect(page.locator("#access-view")).to_be_hidden()
    for name in ["Board", "Table", "Projects", "Workers", "Events", "Access"]:
        view(page, name)
        # The width of a letter further, so that each line ends at each of its places: the time of day has one letter more
        # at ten.
        for more in range(0, 10, 2):
            page.set_viewport_size({"width": width + more, "height": 700})
            assert page.evaluate(BROKEN_WORDS) == [], name
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


CONTRASTS = """() => {
        const part = (c) => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
        const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
        const light = (text) => { canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1); const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
                                  return .2126 * part(r) + .7152 * part(g) + .0722 * part(b); };
        const back = (e) => { for (; e; e = e.parentElement) {
            const color = getComputedStyle(e).backgroundColor; if (!color.endsWith(", 0)")) return color; } };
        return [...document.querySelectorAll("h1,h2,h3,p,a,th,td,button,code,span,time,li,dt,dd,kbd")]
            .filter((e) => e.textContent.trim() && e.offsetParent && !e.closest(".changed") && !e.querySelector("*"))
            .map((e) => { const [a, b] = [light(getComputedStyle(e).color), light(back(e))].sort((a, b) => b - a);
                          return [(a + .05) / (b + .05), e.tagName + " " + e.textContent.slice(0, 30)]; });
    }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(browser, server, complaints, scheme):
    """WCAG 2.2, success criterion 1.4.3: a contrast of at least 4.5 to 1."""
    admin = Client(server)
    for status in ("pending", "in-progress", "completed", "failed"):
        admin.create("a task", status=status, project="p")
    page = open_page(browser, server, complaints, color_scheme=scheme)
    checked = []
    for name in [None, "Board", "Table", "Projects", "Workers", "Events", "Access"]:
        if name:
            view(page, name)
        found = page.evaluate(CONTRASTS)
        assert [entry for entry in found if entry[0] < 4.5] == [], name
        checked += found
        if name is None:
            use_token(page)
            sync_api.expect(titles(page)).to_have_count(1)
    assert len(checked) > 100


def test_the_page_fits_a_telephone_and_names_its_fields(browser, server, complaints):
    page = open_page(browser, server, complaints, viewport={"width": 360, "height": 700})
    Client(server).create("a" * 400)
    sync_api.expect(titles(page)).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.get_by_label("Token", exact=True).first.is_visible()
