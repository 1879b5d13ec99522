"""Which web pages may use taskflow, asked by a browser, and by what browsers send."""

import contextlib
import functools
import http.server
import json
import shutil
import socket
import threading

import pytest
from playwright import sync_api

from client import ADMIN, Client
from contract import assert_error
from wire import exchange, head

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; scripts/install-deps.sh test gets it")

EXPOSED = {"ETag", "Idempotency-Replayed", "Link", "Location", "Retry-After", "X-Request-Id"}
ACCEPTED = {"Authorization", "Content-Type", "If-Match", "If-None-Match", "X-Request-Id", "Idempotency-Key",
            "Last-Event-ID"}
PAGE = "http://page.example:8080"


@pytest.fixture(scope="module")
def entry(taskflow_program):
    """A server with tokens of its own, and a page that may use it."""
    flags = ["--admin-token", "a" * 20, "--user-token", "u" * 20, "--origin", PAGE, "--demo", "--log-level", "warning"]
    with taskflow_program.start(*flags) as server:
        yield server


def ask(server, method, path, *fields, host="127.0.0.1"):
    result = exchange(server, head(method, path, *fields, "Connection: close", host=host), methods=[method])
    assert len(result.answers) == 1, result
    return result.answers[0]


def names(value):
    return set(value.split(", "))


# The browser


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A page on another port."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "index.html").write_text("<!doctype html><title>elsewhere</title>")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{site.server_port}"
        site.shutdown()


FETCH = """async ([url, options]) => {
    try {
        const answer = await fetch(url, options);
        return {status: answer.status, fields: Object.fromEntries(answer.headers), body: await answer.text()};
    } catch (error) { return String(error); }
}"""


def fetch(page, url, method="GET", body=None, **fields):
    options = {"method": method, "headers": fields} | ({} if body is None else {"body": json.dumps(body)})
    return page.evaluate(FETCH, [url, options])


@contextlib.contextmanager
def page_of(browser, site):
    page = browser.new_page()
    page.goto(site + "/")
    yield page
    page.close()


@needs_chromium
def test_a_page_that_is_an_entry_works_with_tasks(browser, site, taskflow_program):
    with taskflow_program.start("--origin", site.upper().replace("HTTP", "Http")) as server, page_of(browser, site) as page:
        token = {"Authorization": f"Bearer {ADMIN}", "Content-Type": "application/json"}
        created = fetch(page, server.url + "/tasks", "POST", {"title": "from a page"}, **token, **{"Idempotency-Key": "a"})
        assert created["status"] == 201 and created["fields"]["etag"] and created["fields"]["location"]
        assert created["fields"]["x-request-id"] == "asked-by-page" or created["fields"]["x-request-id"]
        url, tag = server.url + created["fields"]["location"], created["fields"]["etag"]
        changed = fetch(page, url, "PATCH", {"priority": 3}, **token, **{"If-Match": tag, "X-Request-Id": "of-the-page"})
        assert changed["status"] == 200 and changed["fields"]["x-request-id"] == "of-the-page"
        stale = fetch(page, url, "PUT", {"priority": 4}, **token, **{"If-Match": tag})
        assert stale["status"] == 412 and json.loads(stale["body"])["error"]["code"] == "PRECONDITION_FAILED"
        fetch(page, server.url + "/tasks", "POST", {"title": "second"}, **token)
        assert 'rel="next"' in fetch(page, server.url + "/tasks?limit=1", **token)["fields"]["link"]
        for path, wanted in (("/nowhere", 404), ("/tasks/export.csv", 200), ("/tasks/stream.ndjson", 200), ("/health", 200)):
            assert fetch(page, server.url + path, **token)["status"] == wanted
        for path, method, wanted in (("/tasks", "GET", 401), ("/health", "DELETE", 405), ("/tasks/x", "DELETE", 401)):
            answer = fetch(page, server.url + path, method)
            assert answer["status"] == wanted and json.loads(answer["body"])["error"]["requestId"]
        large = page.evaluate(FETCH, [server.url + "/tasks", {"method": "POST", "headers": token, "body": "x" * (2 << 20)}])
        assert large == "TypeError: Failed to fetch" or large["status"] == 413
        assert fetch(page, url, "DELETE", **token)["status"] == 204


@needs_chromium
def test_a_page_that_is_no_entry_reads_and_changes_nothing(browser, site, taskflow_program):
    with taskflow_program.start() as server, page_of(browser, site) as page:
        before = Client(server).json("/tasks/system/loop")["callbacks"]["poll"]
        for method, path in (("POST", "/tasks"), ("GET", "/tasks"), ("GET", "/health"), ("GET", "/demo/cpu/blocking"),
                             ("GET", "/demo/cpu/worker/start")):
            answer = fetch(page, server.url + path, method, **({"Authorization": ADMIN} if path == "/tasks" else {}))
            assert answer == "TypeError: Failed to fetch", (path, answer)
        # Without an Origin: as an image, and as a script that wants no answer.
        page.evaluate("""async (url) => {
            await fetch(url + '/demo/cpu/worker/start?heavyIterations=1', {mode: 'no-cors'});
            const image = new Image();
            await new Promise((done) => { image.onerror = done; image.src = url + '/demo/cpu/worker/start'; });
        }""", server.url)
        assert before >= 0 and Client(server).json("/tasks") == []
        assert Client(server).json("/tasks/reports/stats")["totals"]["submitted"] == 0


@needs_chromium
def test_the_address_bar_and_the_own_page_may_ask_for_demonstrations(browser, taskflow_program):
    with taskflow_program.start() as server:
        page = browser.new_page()
        assert page.goto(server.url + "/demo/cpu/ping").status == 200
        page.goto(server.url + "/")
        assert fetch(page, server.url + "/demo/cpu/worker/stats")["status"] == 200
        page.close()


# What browsers send


@pytest.mark.parametrize("path", ["/tasks", "/tasks/x", "/nowhere", "/demo/cpu/blocking", "/ws/tasks"])
def test_a_preflight_of_an_entry_is_answered_before_path_and_token(entry, path):
    answer = ask(entry, "OPTIONS", path, f"Origin: {PAGE}", "Access-Control-Request-Method: PATCH",
                 "Access-Control-Request-Headers: authorization,if-match")
    assert answer.status == 204 and answer.body == b"" and answer["Content-Length"] in (None, "0")
    assert answer["Access-Control-Allow-Origin"] == PAGE and answer["Vary"] == "Origin"
    assert names(answer["Access-Control-Allow-Methods"]) == {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
    assert names(answer["Access-Control-Allow-Headers"]) == ACCEPTED
    assert answer["Access-Control-Max-Age"] == "600" and answer["Access-Control-Allow-Credentials"] is None


def test_a_preflight_looks_at_the_host_first(taskflow):
    origin = f"http://localhost:{taskflow.port}"
    fields = [f"Origin: {origin}", "Access-Control-Request-Method: POST"]
    assert ask(taskflow, "OPTIONS", "/tasks", *fields).status == 204
    answer = ask(taskflow, "OPTIONS", "/tasks", *fields, host="page.example")
    assert_error(answer, 403, "FORBIDDEN_HOST")
    assert answer["Vary"] == "Origin" and answer["Access-Control-Allow-Origin"] == origin


@pytest.mark.parametrize("origin", ["http://page.example", "https://page.example:8080", f"{PAGE}/", "null", "http://PAGE.example:8080"])
def test_another_page_has_no_preflight(entry, origin):
    answer = ask(entry, "OPTIONS", "/tasks", f"Origin: {origin}", "Access-Control-Request-Method: POST")
    assert_error(answer, 403, "FORBIDDEN_ORIGIN")
    assert answer["Access-Control-Allow-Origin"] is None and answer["Vary"] == "Origin"


TOKEN = "Authorization: Bearer " + "a" * 20


@pytest.mark.parametrize("status, method, path, fields", [
    (200, "GET", "/health", []), (200, "HEAD", "/tasks", [TOKEN]), (401, "GET", "/tasks", []), (404, "GET", "/x", []),
    (403, "POST", "/tasks", ["Authorization: " + "u" * 20]), (405, "PUT", "/health", []),
    (405, "OPTIONS", "/health", []), (417, "GET", "/health", ["Expect: more"]), (500, "GET", "/demo/error/internal", []),
    (413, "POST", "/tasks", [TOKEN, "Content-Length: 2000000"]), (426, "GET", "/ws/tasks", [TOKEN]),
    (422, "GET", "/tasks?limit=0", [TOKEN]), (200, "GET", "/demo/stream/csv?count=1", []), (200, "GET", "/", []),
])
def test_an_entry_may_read_every_answer(entry, status, method, path, fields):
    answer = ask(entry, method, path, f"Origin: {PAGE}", *fields)
    assert answer.status == status and answer["Access-Control-Allow-Origin"] == PAGE
    assert names(answer["Access-Control-Expose-Headers"]) == EXPOSED and answer["Vary"] == "Origin"
    assert answer["Access-Control-Allow-Credentials"] is None


def test_an_answer_to_no_request_varies_too(entry):
    answer = exchange(entry, b"NONSENSE\r\n\r\n").answers[0]
    assert answer.status == 400 and answer["Vary"] == "Origin" and answer["Access-Control-Allow-Origin"] is None


GUARDED = ["/demo/cpu/ping", "/demo/cpu/worker/stats", "/demo/cpu/blocking?iterations=1", "/d%65mo/cpu/ping",
           "/demo/nowhere", "/tasks/reports/stats", "/tasks/reports/worker-run?iterations=1", "/tasks/repor%74s/blocking"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize("field", [
    "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: none, cross-site", "Sec-Fetch-Site: Same-Origin",
    "Sec-Fetch-Site:", "Origin: null", "Origin: http://page.example", "Origin:"])
def test_work_is_not_for_foreign_pages(entry, method, path, field):
    answer = ask(entry, method, path, TOKEN, field)
    assert answer.status == 403 and answer["Vary"] == "Origin"
    if method == "GET":
        assert_error(answer, 403, "FORBIDDEN_ORIGIN")


@pytest.mark.parametrize("fields", [
    ["Sec-Fetch-Site: same-origin"], ["Sec-Fetch-Site: none"], [], [f"Origin: {PAGE}"],
    [f"Origin: {PAGE}", "Sec-Fetch-Site: cross-site"],
], ids=str)
def test_work_is_for_own_pages_entries_and_programs(entry, fields):
    for path in ("/demo/cpu/ping", "/tasks/reports/stats", "/tasks/reports/worker-run?iterations=1"):
        assert ask(entry, "GET", path, TOKEN, *fields).status == 200


@pytest.mark.parametrize("path", ["/health", "/ready", "/", "/tasks/count", "/tasks/resolve"])
def test_what_only_reads_is_for_those_who_have_a_token(entry, path):
    assert ask(entry, "GET", path, TOKEN, "Sec-Fetch-Site: cross-site").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_a_change_from_a_foreign_page_without_an_origin_is_refused(entry, method):
    answer = ask(entry, method, "/tasks/x", TOKEN, "Sec-Fetch-Site: cross-site", "Content-Length: 0")
    assert_error(answer, 403, "FORBIDDEN_ORIGIN")


# Bytes


@pytest.mark.parametrize("field", ["Origin", "Authorization", "Sec-Fetch-Site", "If-None-Match", "X-Request-Id", "Host"])
@pytest.mark.parametrize("prefix", ["", "Bearer ", "http://"])
def test_a_text_that_is_slow_to_normalise_costs_what_others_cost(entry, field, prefix):
    """`a`, n × U+0301, n × U+0316: to compare such texts as characters takes quadratic time."""
    evil = ("a" + "\u0301" * 3_500 + "\u0316" * 3_500).encode()
    lines = ["GET /tasks/count HTTP/1.1", "Connection: close", *([] if field == "Host" else ["Host: a"])]
    request = "\r\n".join([*lines, f"{field}: {prefix}"]).encode() + evil + b"\r\n\r\n"
    before = entry.cpu_seconds()
    for _ in range(50):
        assert exchange(entry, request).statuses in ([401], [400])
    assert entry.cpu_seconds() - before < 0.25, "5 ms a request at most, where it was 40 to 150"
