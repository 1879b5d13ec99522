"""The files of docs/deploy, a server behind nginx and behind Caddy; and what the package's unit for systemd leaves it."""

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

import pytest
from websockets.sync.client import connect

from certificates import Certificates
from server import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "docs" / "deploy"
UNIT = ROOT / "packaging" / "debian" / "taskflow.service"
SITE = "https://tasks.example.org"
TOKENS = {role: f"{role}-token-of-the-tests" for role in ("admin", "user", "worker")}
SYSTEM_PATH = os.environ.get("PATH", "") + ":/usr/sbin"

pytestmark = pytest.mark.plain_only("what stands in front of the server speaks TLS")


def replaced(text: str, *pairs: tuple[str, str]) -> str:
    """The text with each of the first in place of the second, which must be there."""
    for old, new in pairs:
        assert old in text, f"{old} is not in the file any more"
        text = text.replace(old, new)
    return text


def nginx_command(folder: Path, port: int, server, certificates: Certificates) -> list[str]:
    site = replaced(
        (DEPLOY / "nginx.conf").read_text(), ("listen 443", f"listen 127.0.0.1:{port}"),
        ("127.0.0.1:3000", f"127.0.0.1:{server.port}"), ("/etc/ssl/taskflow/fullchain.pem", certificates["server.pem"]),
        ("/etc/ssl/taskflow/privkey.pem", certificates["server.key"]))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    (folder / "nginx.conf").write_text(f"""daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors;
events {{ worker_connections 256; }}
http {{ access_log off; {folders}
{site} }}""")
    return [shutil.which("nginx", path=SYSTEM_PATH), "-p", str(folder), "-c", str(folder / "nginx.conf")]


def caddy_command(folder: Path, port: int, server, certificates: Certificates) -> list[str]:
    site = replaced(
        (DEPLOY / "Caddyfile").read_text(), ("127.0.0.1:3000", f"127.0.0.1:{server.port}"),
        ("tasks.example.org {", f"https://127.0.0.1:{port} {{\n\ttls {certificates['server.pem']} {certificates['server.key']}"))
    (folder / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + site)
    return [shutil.which("caddy"), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


PROXIES = {"nginx": nginx_command, "caddy": caddy_command}


class Proxy:
    """A running proxy, and a client's way through it."""

    def __init__(self, port: int, certificates: Certificates):
        self.port = port
        self.trust = certificates.client()

    def ask(self, method: str, path: str, role: str = "admin", body: object = None, **fields: str) -> dict:
        with self.open(method, path, role, body, **fields) as answer:
            return json.load(answer)

    def open(self, method: str, path: str, role: str, body: object = None, **fields: str):
        request = urllib.request.Request(
            f"https://127.0.0.1:{self.port}{path}", json.dumps(body).encode() if body is not None else None,
            {"Authorization": f"Bearer {TOKENS[role]}", "Content-Type": "application/json"} | fields, method=method)
        return urllib.request.urlopen(request, timeout=20, context=self.trust)


@pytest.fixture(scope="module")
def site(taskflow_program):
    flags = [flag for role, token in TOKENS.items() for flag in (f"--{role}-token", token)]
    with taskflow_program.start("--store", "memory", "--origin", SITE, *flags) as server:
        yield server


@pytest.fixture(scope="module", params=PROXIES)
def proxy(request, site, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    certificates = Certificates(folder)
    port = free_port()
    command = PROXIES[request.param](folder, port, site, certificates)
    assert command[0], f"{request.param} is missing: scripts/install-deps.sh test"
    environment = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + 20
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None and time.monotonic() < deadline, (folder / "output").read_text()
            time.sleep(0.01)  # Between two looks; being right does not hang on it.
        yield Proxy(port, certificates)
    finally:
        process.terminate()
        process.wait(20)


def test_the_page_may_change_tasks_and_others_may_not(proxy):
    assert proxy.ask("POST", "/tasks", body={"title": "by the page"}, Origin=SITE)["title"] == "by the page"
    with pytest.raises(urllib.error.HTTPError) as refused:
        proxy.ask("POST", "/tasks", body={"title": "by another"}, Origin="https://elsewhere.example")
    assert refused.value.code == 403
    assert json.load(refused.value)["error"]["code"] == "FORBIDDEN_ORIGIN"


def test_a_claim_that_waits_gets_its_task(proxy):
    kind = f"kind-{proxy.port}"
    claims = []
    ask = {"worker": "w", "types": [kind], "wait": 20}
    waiter = threading.Thread(target=lambda: claims.append(proxy.ask("POST", "/tasks/claim", "worker", ask)))
    waiter.start()
    task = proxy.ask("POST", "/tasks", body={"type": kind})
    waiter.join(20)
    assert [claimed["id"] for claimed in claims[0]["tasks"]] == [task["id"]]


def test_a_websocket_hears_of_a_change(proxy):
    fields = {"Authorization": f"Bearer {TOKENS['user']}"}
    with connect(f"wss://127.0.0.1:{proxy.port}/ws/tasks", ssl=proxy.trust, additional_headers=fields, origin=SITE,
                 proxy=None) as socket:
        assert json.loads(socket.recv(10))["event"] == "connection.ready"
        task = proxy.ask("POST", "/tasks", body={"title": "heard"})
        heard = json.loads(socket.recv(10))
        assert (heard["event"], heard["task"]["id"]) == ("task.created", task["id"])


def test_an_event_of_a_stream_comes_while_the_stream_is_open(proxy):
    with proxy.open("GET", "/events/stream", "user") as stream:
        def message() -> dict:
            return next(json.loads(line[6:]) for line in stream if line.startswith(b"data: "))

        assert message()["event"] == "connection.ready"
        task = proxy.ask("POST", "/tasks", body={"title": "told"})
        told = message()
        assert (told["event"], told["task"]["id"]) == ("task.created", task["id"])


# The unit for systemd


def unit_settings(name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def analyze() -> str:
    return shutil.which("systemd-analyze") or pytest.skip("no systemd here")


def test_the_unit_is_understood(analyze, tmp_path, taskflow_program):
    unit = tmp_path / "taskflow.service"
    environment = tmp_path / "environment"
    environment.touch()
    unit.write_text(replaced(
        UNIT.read_text(), ("/usr/bin/taskflow", os.path.abspath(taskflow_program.binary)),
        ("/etc/taskflow/environment", str(environment))))
    verified = subprocess.run([analyze, "verify", "--man=no", unit], capture_output=True, text=True, timeout=30)
    # It may say something of the machine's own units, too.
    assert not [line for line in verified.stderr.splitlines() if "taskflow" in line], verified.stderr


def test_the_unit_is_as_closed_as_the_text_says(analyze):
    rated = subprocess.run(
        [analyze, "security", "--offline=yes", UNIT], capture_output=True, text=True, timeout=30).stdout
    level = re.search(r"exposure level for \S+: ([\d.]+)", rated)[1]
    assert f"gives it\n{level} of 10" in (DEPLOY.parent / "deploy.md").read_text()


def system_calls(analyze: str, group: str) -> set[str]:
    listed = subprocess.check_output([analyze, "syscall-filter", group], text=True)
    calls = set()
    for name in re.findall(r"^ +([@\w-]+)$", listed, re.MULTILINE):
        calls |= system_calls(analyze, name) if name.startswith("@") else {name}
    return calls


def test_a_server_needs_no_system_call_that_the_unit_takes(analyze, taskflow_program, tmp_path):
    if not shutil.which("strace"):
        pytest.skip("no strace")
    allowed, taken = unit_settings("SystemCallFilter")
    left = set().union(*(system_calls(analyze, group) for group in allowed.split()))
    left -= set().union(*(system_calls(analyze, group) for group in taken.removeprefix("~").split()))
    seen = tmp_path / "calls"
    command = ["strace", "-f", "-qq", "-e", "signal=none", "-o", str(seen), taskflow_program.binary, "--store",
               f"sqlite:{tmp_path}/taskflow.db", "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        port = next(match[1] for line in process.stderr if (match := re.search(r"http://[^ ]*:(\d+)", line)))
        for method, path in (("POST", "/tasks"), ("GET", "/tasks"), ("GET", "/tasks/system/memory")):
            subprocess.run(
                ["curl", "-s", "-o", "/dev/null", "-X", method, "-H", "Authorization: Bearer secret-admin-123", "-d",
                 '{"title":"a"}', f"http://127.0.0.1:{port}{path}"], check=True, timeout=20)
    finally:
        child = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0]
        os.kill(int(child), 15)
        process.stderr.close()
        process.wait(20)
    calls = set(re.findall(r"^\d+ +(\w+)\(", seen.read_text(), re.MULTILINE))
    assert {"accept4", "fdatasync", "write"} <= calls
    if os.geteuid() == 0:
        calls.discard("fchown")  # Root's SQLite gives the files beside a database to its owner; the unit's user is not root.
    assert calls <= left, sorted(calls - left)
