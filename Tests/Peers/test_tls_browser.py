"""The page by https in the system's Chromium, which trusts the tests' authority and checks everything else.

Chromium on Linux takes authorities from an NSS database in the home folder, so it gets a home of its own. A flag that
pins a key (`--ignore-certificate-errors-spki-list`) would need no database, but then Chromium would not check the names
and dates, and what it must refuse is half of what is to be shown.
"""

import os
import re
import shutil
import subprocess

import pytest
from playwright import sync_api

from client import ADMIN
from test_taskflow_page import titles, use_token

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None or shutil.which("certutil") is None, reason="no Chromium or no certutil; scripts/install-deps.sh test gets them")


@pytest.fixture(scope="module")
def browser(files, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    database = home / ".pki" / "nssdb"
    database.mkdir(parents=True)
    for arguments in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "tests", "-i", files.authority]):
        subprocess.run(["certutil", "-d", f"sql:{database}", *arguments], check=True, capture_output=True)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--host-resolver-rules=MAP *.test 127.0.0.1"],
            env={**os.environ, "HOME": str(home)})
        yield browser
        browser.close()


@pytest.fixture
def context(browser):
    """What Chromium remembers begins with the test."""
    with browser.new_context() as context:
        yield context


@pytest.fixture(scope="module")
def server(taskflow_program, files):
    with taskflow_program.start(*files.flags(), "--log-level", "warning") as server:
        yield server


def failure(context, url: str) -> str:
    """Why Chromium does not show that, in a page of its own: what it shows instead comes when it likes."""
    with pytest.raises(sync_api.Error) as refused:
        context.new_page().goto(url)
    return re.search(r"net::(\w+)", str(refused.value))[1]


CREATE = """async (token) => (await fetch('/tasks', {
    method: 'POST', body: JSON.stringify({title: 'by https'}),
    headers: {'Authorization': 'Bearer ' + token, 'Content-Type': 'application/json'},
})).status"""


def test_the_page_and_its_live_events(context, server):
    """All of it comes by TLS from the one server, and Chromium complains of nothing, such as mixed content."""
    page, complaints, addresses = context.new_page(), [], set()
    page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: addresses.add(request.url.partition(str(server.port))[0]))
    page.on("websocket", lambda socket: addresses.add(socket.url.partition(str(server.port))[0]))
    answer = page.goto(f"https://localhost:{server.port}/")
    agreed = answer.security_details()
    assert (agreed["protocol"], agreed["issuer"], agreed["subjectName"]) == ("TLS 1.3", "authority", "server")
    sync_api.expect(page.locator("#state")).to_have_text("Connected")
    assert page.evaluate("window.isSecureContext") is True
    use_token(page)
    sync_api.expect(page.locator("#access-view")).to_be_hidden()
    assert page.evaluate(CREATE, ADMIN) == 201
    sync_api.expect(titles(page)).to_have_text(["by https"])
    assert addresses == {"https://localhost:", "wss://localhost:"} and complaints == []


def test_the_page_connects_again_when_the_server_is_back(context, taskflow_program, files):
    page = context.new_page()
    with taskflow_program.start(*files.flags()) as server:
        page.goto(f"https://localhost:{server.port}/")
        sync_api.expect(page.locator("#state")).to_have_text("Connected")
        server.kill()
        sync_api.expect(page.locator("#state")).not_to_have_text("Connected")
        # Its tickets were made with a key that is gone, too.
        assert server.start_again()
        sync_api.expect(page.locator("#state")).to_have_text("Connected", timeout=20_000)


@pytest.mark.parametrize("certificate, reason", [
    ("expired", "ERR_CERT_DATE_INVALID"), ("other", "ERR_CERT_COMMON_NAME_INVALID"), ("unknown", "ERR_CERT_AUTHORITY_INVALID"),
])
def test_a_certificate_that_does_not_prove_the_name_is_refused(context, files, certificate, reason):
    """By Node's server, as ours does not start with a certificate that has expired."""
    script = """
        const options = {cert: fs.readFileSync(process.argv[1]), key: fs.readFileSync(process.argv[2])};
        const server = require('https').createServer(options, () => console.log('asked'));
        server.listen(0, '127.0.0.1', () => console.log(server.address().port));
    """
    command = ["node", "-e", script, files[f"{certificate}.pem"], files[f"{certificate}.key"]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        port = int(server.stdout.readline())
        assert failure(context, f"https://localhost:{port}/") == reason
        server.terminate()
        assert server.stdout.read() == "", "no request was sent"


@pytest.mark.parametrize("flags", [["--hsts"], []], ids=["with --hsts", "without"])
def test_a_browser_that_was_told_so_comes_by_tls_alone(context, taskflow_program, files, flags):
    tokens = ["--admin-token", "a" * 20, "--user-token", "u" * 20]
    with taskflow_program.start(*files.flags("other"), *tokens, *flags) as server:
        # Not localhost, which Chromium leaves out.
        plain, secure = [f"{scheme}://other.test:{server.port}/health" for scheme in ("http", "https")]
        assert failure(context, plain) == "ERR_EMPTY_RESPONSE", "it did not know better"
        assert context.new_page().goto(secure).status == 200
        if flags:
            answer = context.new_page().goto(plain)
            assert (answer.status, answer.url) == (200, secure)
        else:
            assert failure(context, plain) == "ERR_EMPTY_RESPONSE"
