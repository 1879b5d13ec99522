"""The page at `/loop` in the system's Chromium: the turns as they happen, and what work on the loop does."""

import re

import pytest
from playwright import sync_api

from client import ADMIN
from test_taskflow_page import CHROMIUM, browser, complaints, use_token  # noqa: F401

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; on Linux scripts/install-deps.sh test gets it")
expect = sync_api.expect
# Before a token is given the server says 401, of which the browser tells.
NO_TOKEN = re.compile("Failed to load resource: .* 401")


@pytest.fixture
def open_loop(browser, fresh, complaints):  # noqa: F811
    def open_with(token: str | None = ADMIN, **options):
        page = browser.new_context(**options).new_page()
        page.on("console", lambda message: message.type in ("error", "warning")
                and not NO_TOKEN.match(message.text) and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: request.url.startswith((fresh.url, "data:")) or complaints.append(request.url))
        page.goto(fresh.url + "/loop")
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


def test_one_step_at_a_time_forwards_and_back(open_loop):
    page = open_loop()
    expect(page.locator("#turn-title")).to_have_text(re.compile(r"Turn [\d,]+"))
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
                 'button "Pause"', 'button "Step back"', 'combobox "Speed"', 'button "blocking"', 'table']:
        assert line in tree, tree


@pytest.mark.parametrize("width, height", [(390, 844), (844, 390), (820, 1180), (1440, 900)])
def test_it_fits(open_loop, width, height):
    page = open_loop(viewport={"width": width, "height": height})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
