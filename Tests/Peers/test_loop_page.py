"""The page at `/loop` in the system's Chromium: the turns as they happen, what work on the loop does, and recordings."""

import json
import re

import pytest
from playwright import sync_api

from client import ADMIN, Client
from test_exercises import recorded
from test_taskflow_page import CHROMIUM, browser, complaints, use_token  # noqa: F401

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; on Linux scripts/install-deps.sh test gets it")
expect = sync_api.expect
# Before a token is given the server says 401, of which the browser tells.
NO_TOKEN = re.compile("Failed to load resource: .* 401")


@pytest.fixture
def open_loop(browser, fresh, complaints):  # noqa: F811
    def open_with(token: str | None = ADMIN, address: str = "", **options):
        page = browser.new_context(**options).new_page()
        page.on("console", lambda message: message.type in ("error", "warning")
                and not NO_TOKEN.match(message.text) and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: request.url.startswith((fresh.url, "data:")) or complaints.append(request.url))
        page.goto(fresh.url + "/loop" + address)
        if token:
            use_token(page, token)
            expect(page.locator("#state")).to_have_text("Live")
        return page

    return open_with


def number_of_turn(page) -> int:
    return int(re.sub(r"\D", "", page.locator("#turn-title").inner_text()))


def test_the_turns_go_on(open_loop):
    page = open_loop()
    expect(page.locator("#turn-title")).to_have_text(re.compile(r"Turn [\d,]+"))
    first = number_of_turn(page)
    page.wait_for_function("before => Number(document.getElementById('turn-title').textContent.replace(/\\D/g, '')) > before",
                           arg=first)
    expect(page.locator("#turn-about")).to_have_text(re.compile(r"Poll took .*\. .+"))


def test_without_the_token_it_says_so(open_loop):
    page = open_loop(token=None)
    expect(page.locator("#state")).to_have_text("A token is needed")


def test_what_is_no_token_is_refused_at_once_and_the_right_one_is_used(open_loop):
    page = open_loop(token=None)
    expect(page.locator("#state")).to_have_text("A token is needed")
    use_token(page, "schlüssel…")
    assert page.locator("#token").evaluate("field => field.validationMessage").startswith("This is not a token")
    expect(page.locator("#token")).to_be_focused()
    with page.expect_response(re.compile("/loop/trace")):
        pass
    expect(page.locator("#state")).to_have_text("A token is needed")
    use_token(page, ADMIN)
    expect(page.locator("#state")).to_have_text("Live")


def test_one_step_at_a_time_forwards_and_back(open_loop):
    page = open_loop()
    # A loop without work has a few moments in a second.
    page.wait_for_function("() => indexAt(cursor) > 13")
    page.click("#pause")
    expect(page.locator("#pause")).to_have_text("Go on")
    places, turns = [], []
    for key in ["ArrowLeft"] * 12 + ["ArrowRight"] * 11:
        page.locator("body").press(key)
        # Drawn in the next frame.
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        places.append(page.evaluate("cursor"))
        turns.append((number_of_turn(page), page.locator("#ring .now").get_attribute("class")))
    assert places[:12] == sorted(set(places), reverse=True), "each step goes to an earlier moment"
    assert places[11:] == places[11::-1] and turns[11:] == turns[11::-1], "and the way back to the same ones"


def test_a_step_is_one_moment_though_some_begin_at_once_or_before_another_is_over(open_loop):
    page = open_loop()
    steps = page.evaluate("""() => {
        const call = startUs => ({ startUs, us: 4, phase: "poll", kind: "read", ticks: 0, microtasks: 0 });
        const turn = (iteration, startUs, sleptUs, ...starts) =>
            ({ iteration, startUs, sleptUs, wokenBy: "read", callbacks: starts.map(call) });
        moments = [];
        pause(false);
        take({ turns: [turn(1, 0, 90, 10, 10, 20), turn(2, 20, 0, 20), turn(3, 18, 50, 40)] }, performance.now() - 2 * traceMs);
        pause(true);
        end = cursor = performance.now();
        return [-1, 1].flatMap(by => moments.slice(1).map(() => { live.step(by); return indexAt(cursor); }));
    }""")
    assert steps == [*range(6, -1, -1), *range(1, 8)]


@pytest.mark.parametrize("name, holds_up", [("blocking", True), ("worker", False)])
def test_a_button_shows_what_the_work_does_to_others(open_loop, name, holds_up):
    page = open_loop()
    page.click(f"#{name}")
    expect(page.locator("#tried")).to_have_text(re.compile(rf"{name}: computed for \d+ ms; .*"), timeout=60_000)
    took, slowest = map(int, re.findall(r"(\d+) ms", page.locator("#tried").inner_text()))
    assert took > 50
    # On the loop somebody who asks waits for what is left of it; a question comes each 100 ms.
    assert slowest >= took - 150 if holds_up else slowest < max(took, 1_000)


def test_a_reader_hears_what_a_watcher_sees(open_loop):
    page = open_loop(reduced_motion="reduce", color_scheme="dark")
    tree = page.locator("body").aria_snapshot()
    for line in ['link "Taskflow"', 'img "The four phases of a turn"', 'heading "The last ten seconds"',
                 'combobox "Show"', 'button "Pause"', 'button "Step back"', 'combobox "Speed"', 'button "blocking"', 'table']:
        assert line in tree, tree


@pytest.mark.parametrize("width, height", [(390, 844), (844, 390), (820, 1180), (1440, 900)])
def test_it_fits(open_loop, width, height):
    page = open_loop(viewport={"width": width, "height": height})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    show(page, "18")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


# Recordings

@pytest.fixture
def open_recording(open_loop):
    def open_with(number: str, **options):
        page = open_loop(token=None, address=f"#{number}", **options)
        expect(page.locator("#state")).to_have_text("Recorded")
        return page

    return open_with


def show(page, number: str) -> None:
    page.select_option("#source", number)
    expect(page.locator("#state")).to_have_text("Recorded" if number else re.compile("Live|A token is needed"))


def waiting(page) -> list[str]:
    return [cell.removeprefix("\xa0") for cell in page.locator("#queues td").all_inner_texts()]


def marked(page, name: str) -> list[str]:
    return page.locator(f"#{name} [aria-current]").all_inner_texts()


def test_a_recording_shows_the_line_that_prints_what_waits_and_why(open_recording):
    page = open_recording("07")
    expect(page.locator("#step-title")).to_have_text("Step 1 of 6")
    shown = []
    for _ in range(6):
        # Drawn in the next frame.
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        shown.append((page.locator("#step-about").inner_text(), marked(page, "program"), marked(page, "printed"),
                      page.locator("#queues .hidden").all_text_contents(), page.locator("#ring .now").count()))
        assert page.locator("#why").get_attribute("open") == ("" if len(shown) == 6 else None)
        page.locator("body").press("ArrowRight")
    line = "        loop.setImmediate { print(\"%s\") }"
    deep = line.replace("  ", "      ", 1)
    assert shown == [
        ("The main program. It prints nothing.", [], [], ["2"], 0),
        ("Turn 1, check: immediate. Behind it: 1 tick. It prints “immediate 1”.",
         ['            print("immediate 1")'], ["immediate 1"], ["1"], 1),
        ("Turn 1, check: immediate. It prints “immediate 2”.", [line % "immediate 2"], ["immediate 2"], ["2", "1 of 1 ms"], 1),
        ("Turn 1, timers: timeout. It prints “timer”.",
         ['            loop.setTimeout(.milliseconds(1)) { print("timer") }'], ["timer"], ["2"], 1),
        ("Turn 2, check: immediate. It prints “immediate of immediate 1”.",
         [deep % "immediate of immediate 1"], ["immediate of immediate 1"], ["1"], 1),
        ("Turn 2, check: immediate. It prints “immediate of a tick of immediate 1”.",
         ["    " + deep % "immediate of a tick of immediate 1"], ["immediate of a tick of immediate 1"], [], 1),
    ]
    expect(page.locator("#why-text")).to_contain_text("Check takes the whole queue of immediates as one batch")
    expect(page.locator("#question")).to_have_text(re.compile(r"^An immediate queues another one .*\?$"))
    assert page.locator("#why-text em").first.inner_text() == "Check"


def test_each_recording_is_played_to_its_end_and_prints_what_the_exercise_does(open_recording, fresh):
    page = open_recording("01")
    numbers = [each["number"] for each in json.loads(Client(fresh, token=None).get("/loop/recordings").body)]
    assert page.locator("#source option").evaluate_all("options => options.map(each => each.value).sort()") == ["", *sorted(numbers)]
    for number in numbers:
        show(page, number)
        expect(page.locator("#source option:checked")).to_have_text(re.compile(f"^{number} "))
        expect(page).to_have_title(re.compile(f"Taskflow, {number} "))
        page.evaluate("for (const _ of steps) { step(1); recorded.draw(); }")
        printed = "\n".join(page.locator("#printed li").all_text_contents())
        assert printed.splitlines() == recorded(number), number


def test_a_recording_plays_by_itself_and_stops_at_its_end(browser, fresh, complaints):  # noqa: F811
    page = browser.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.clock.install(time=0)
    page.goto(fresh.url + "/loop#07")
    expect(page.locator("#state")).to_have_text("Recorded")
    # From here on its time is the test's.
    page.clock.pause_at(3_600_000)
    expect(page.locator("#pause")).to_have_text("Go on")
    page.clock.run_for(5_000)
    expect(page.locator("#step-title")).to_have_text("Step 1 of 6")
    page.click("#pause")
    for step in (2, 3):
        page.clock.run_for(1_100)
        expect(page.locator("#step-title")).to_have_text(f"Step {step} of 6")
    page.select_option("#speed", label="5 s a step")
    page.clock.run_for(4_000)
    expect(page.locator("#step-title")).to_have_text("Step 3 of 6")
    page.clock.run_for(1_000 + 2 * 5_000 + 500)
    expect(page.locator("#step-title")).to_have_text("Step 6 of 6")
    expect(page.locator("#pause")).to_have_text("Go on")
    page.click("#pause")
    page.clock.run_for(100)
    expect(page.locator("#step-title")).to_have_text("Step 1 of 6")


def test_the_address_says_what_is_shown(open_loop):
    page = open_loop()
    show(page, "07")
    assert page.url.endswith("/loop#07")
    show(page, "15")
    page.go_back()
    expect(page.locator("#source option:checked")).to_have_text(re.compile("^07 "))
    page.go_back()
    expect(page.locator("#state")).to_have_text("Live")
    for nothing in ("99", "%20", "constructor"):
        page.evaluate("hash => { location.hash = hash; }", nothing)
        expect(page.locator("#source option:checked")).to_have_text("This server, live")
        page.wait_for_function("() => location.hash === ''")


def test_a_recording_that_comes_when_another_thing_is_shown_changes_nothing(open_loop):
    page = open_loop()
    page.evaluate("""() => {
        const json = Response.prototype.json;
        Response.prototype.json = function () {
            if (!this.url.endsWith("/recordings/07")) return json.call(this);
            return new Promise(done => {
                window.goOn = async () => { done(await json.call(this)); await new Promise(requestAnimationFrame); };
            });
        };
    }""")
    page.select_option("#source", "07")
    page.wait_for_function("() => window.goOn")
    page.go_back()
    expect(page.locator("#state")).to_have_text("Live")
    page.evaluate("goOn()")
    assert page.evaluate("document.body.dataset.source") == "live"


def test_nothing_is_asked_of_the_server_while_a_recording_is_shown(open_loop):
    page = open_loop()
    asked = []
    show(page, "07")
    # What was under way when it was chosen comes to its end.
    page.wait_for_function("() => !follow.isOn && unanswered.size === 0")
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("new Promise(done => setTimeout(done, 700))")
    assert asked == []
    show(page, "")
    first = number_of_turn(page)
    page.wait_for_function("before => Number(document.getElementById('turn-title').textContent.replace(/\\D/g, '')) > before",
                           arg=first)


def test_a_reader_hears_a_recording(open_recording):
    page = open_recording("01", reduced_motion="reduce", color_scheme="dark")
    page.locator("body").press("ArrowRight")
    expect(page.locator("#step-about")).to_have_text("The main program. Behind it: 2 ticks, 2 microtasks. It prints “sync 2”.")
    tree = page.locator("body").aria_snapshot()
    for line in ['heading "Step 2 of 8"', 'status: "The main program. Behind it', 'table "Waiting then"', 'rowheader "microtasks"',
                 'row "ticks 2"', 'row "timeouts 1 of 1 ms"', 'heading "BasicPhases.swift"', "list", 'button "Go on"']:
        assert line in tree, tree
    assert "blocking" not in tree and "Token" not in tree


def test_the_arrows_move_a_program_that_is_wider_than_its_place(open_recording):
    page = open_recording("07", viewport={"width": 390, "height": 844})
    page.locator("#program").press("ArrowRight")
    page.wait_for_function("() => document.getElementById('program').scrollLeft > 0")
    expect(page.locator("#step-title")).to_have_text("Step 1 of 6")
