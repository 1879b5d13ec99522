"""Makes the pictures of the pages that the documentation shows, with the system's Chromium: `scripts/pictures.sh`."""

import shutil
import sys
from pathlib import Path

from playwright import sync_api

from client import ADMIN
from queue_client import Queue
from server import Server

SIZES = {"phone": (390, 844), "landscape": (844, 390), "tablet": (820, 1180), "desktop": (1440, 900)}
THEMES = ("light", "dark")


def main(taskflow: str, folder: Path) -> None:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for scene in (board, loop, recording):
            with Server(taskflow, "--store", "memory") as server:
                scene(browser.new_page(), server, folder)
        browser.close()


def take(page, name: str, folder: Path, sizes=SIZES, themes=THEMES, **options) -> None:
    """The page as it is, in these sizes and themes."""
    for size in sizes:
        page.set_viewport_size(dict(zip(("width", "height"), SIZES[size])))
        for theme in themes:
            page.emulate_media(color_scheme=theme)
            settle(page)
            page.screenshot(path=folder / f"{name}-{size}-{theme}.png", **options)


def settle(page) -> None:
    """What has changed is drawn in the next frame."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def open_page(page, server: Server, path: str, state: str) -> None:
    page.goto(server.url + path)
    page.fill("#token", ADMIN)
    page.click("text=Use it")
    page.wait_for_function("state => document.getElementById('state').textContent === state", arg=state)


def board(page, server: Server, folder: Path) -> None:
    queue = Queue(server, ADMIN)
    fill(queue)
    open_page(page, server, "/", "Connected")
    page.wait_for_selector("#access-view", state="hidden")
    page.mouse.move(0, 0)
    page.wait_for_function("() => !document.getElementById('said').textContent")
    take(page, "board", folder)


def fill(queue: Queue) -> None:
    """An ordinary morning: tasks of a shop, in each state."""
    def add(title: str, project: str, kind: str, priority: int = 1, **fields) -> dict:
        return queue.add(kind, title=title, project=project, priority=priority, **fields)

    for title, project, kind, priority in [("Resize the product pictures of spring", "mail", "pdf", 3),
                                           ("Render the invoice for February", "mail", "pdf", 5)]:
        add(title, project, kind, priority)
        queue.complete(queue.take("pdf", worker="mail-1:4711"))
    for order in (4711, 4713):
        add(f"Charge the card of order {order}", "shop", "pay", 7)
        queue.fail(queue.take("pay"), "the bank says no", retryable=False, error={"code": "DECLINED", "message": "the bank says no"})
    add("Charge the card of order 4712", "shop", "pay", 7)
    queue.call("fail", queue.take("pay"), error={"code": "TIMEOUT", "message": "no answer for 30 s"}, retryAfter=0)
    for title, project, kind, priority, worker, percent in [
            ("Resize the product pictures of summer", "reports", "scale", 9, "image-2:88", 30),
            ("Render the invoice for March", "shop", "render", 9, "mail-1:4711", 30),
            ("Collect the measurements of the week", "reports", "collect", 5, "mail-1:4711", 64)]:
        add(title, project, kind, priority)
        queue.renew(queue.take(kind, worker=worker), progress={"percent": percent})
    for title, project, kind, priority in [
            ("Send the welcome mail #1", "shop", "email", 1), ("Import the price list of the wholesaler", "shop", "email", 3),
            ("Check the links of the handbook #5", "mail", "link", 1), ("Send the welcome mail #6", "reports", "email", 5),
            ("Import the price list of the printer", "reports", "email", 1)]:
        add(title, project, kind, priority)
    first = add("Fetch the figures", "reports", "figures", 2)
    clean = add("Clean them", "reports", "figures", dependencies=[first["id"]])
    statistics = add("Compute the weekly statistics", "reports", "figures", dependencies=[clean["id"]])
    report = add("Write the report for the board", "reports", "pdf", 8, dependencies=[clean["id"], statistics["id"]])
    add("Print it", "reports", "pdf", dependencies=[report["id"]])
    add("Remind the late payers", "mail", "email", delay=5_400)
    add("Rotate the logs", "ops", "logs", delay=86_400)
    add("Wait for the lawyer", "shop", "email", status="in-progress")
    cancelled = add("Translate the old catalogue", "mail", "pdf")
    queue.done(f"/tasks/{cancelled['id']}/cancel")


def loop(page, server: Server, folder: Path) -> None:
    open_page(page, server, "/loop", "Live")
    page.set_viewport_size({"width": 900, "height": 1200})
    page.emulate_media(color_scheme="light")
    number = 0

    def frame() -> None:
        nonlocal number
        number += 1
        first, last = (page.locator(f"section[aria-labelledby={name}-title]").bounding_box() for name in ("time", "try"))
        clip = first | {"height": last["y"] + last["height"] - first["y"]}
        page.screenshot(path=folder / f"loop-blocking-{number}.png", clip=clip)

    def has_answered() -> None:
        page.wait_for_function("() => !document.getElementById('worker').disabled", timeout=60_000)
        # The page is half a second behind, and a trace as long.
        page.wait_for_timeout(2_000)

    # So long that there is something to look at.
    page.wait_for_timeout(6_000)
    frame()
    page.click("#blocking")
    page.wait_for_timeout(1_000)
    frame()
    has_answered()
    frame()
    page.mouse.move(0, 0)
    page.evaluate("""() => {
        pause(true);
        const longest = moments.filter((each) => each.call).reduce((a, b) => b.length > a.length ? b : a);
        cursor = longest.start + longest.length / 2;
    }""")
    take(page, "loop", folder, full_page=True)
    page.set_viewport_size({"width": 900, "height": 1200})
    page.emulate_media(color_scheme="light")
    page.click("#pause")
    # While it was paused it has learned nothing.
    page.wait_for_timeout(6_000)
    page.click("#worker")
    has_answered()
    frame()


def recording(page, server: Server, folder: Path) -> None:
    page.goto(server.url + "/loop#07")
    page.wait_for_selector("#step-title:has-text('Step 1')")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    take(page, "loop-recording", folder, ["phone", "desktop"], full_page=True)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    main(sys.argv[1], Path(sys.argv[2]))
