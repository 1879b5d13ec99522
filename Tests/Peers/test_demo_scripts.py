"""The demonstrations in scripts/, as a learner runs them: what they show is true, and they leave nothing behind."""

import contextlib
import os
import pty
import re
import shutil
import signal
import subprocess
import threading
import time
from concurrent import futures
from pathlib import Path

import pytest

from client import Client
from server import free_port

SCRIPTS = Path(__file__).resolve().parent.parent.parent / "scripts"
NAMES = ["full-demo", "dependency-demo", "live-events"]
CONCEPTS = ["Raw HTTP server", "Hash map", "Priority queue", "Dependency chains", "Middleware", "Error handling",
            "Memory management", "Worker threads", "Streaming", "WebSockets"]
OWN_TOKENS = {"ADMIN_TOKEN": "the-admin-of-the-demo", "USER_TOKEN": "the-user-of-the-demo"}
OWN_FLAGS = ["--admin-token", OWN_TOKENS["ADMIN_TOKEN"], "--user-token", OWN_TOKENS["USER_TOKEN"]]
RESULT = re.compile(r" *\d+  (.{22}) (ok|FAILED)\b", re.MULTILINE)
# All that they may need beside bash itself.
TOOLS = ["awk", "basename", "cat", "curl", "cut", "dirname", "grep", "mktemp", "rm", "sed", "sleep", "sort", "tr", "wc"]


def environment(server, **more: str) -> dict[str, str]:
    url = server if isinstance(server, str) else server.url
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return kept | {"BASE_URL": url, "ITERATIONS": "30000000", "LC_ALL": "C.UTF-8"} | more


def run(name: str, server, *arguments: str, **more: str) -> subprocess.CompletedProcess:
    return subprocess.run([shutil.which("bash"), SCRIPTS / f"{name}.sh", *arguments], env=environment(server, **more),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)


def minds_interrupts() -> None:
    """Who is started in the background by a shell ignores ctrl-C, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def results(output: str) -> dict[str, str]:
    return {title.strip(): outcome for title, outcome in RESULT.findall(output)}


def assert_passed(name: str, result: subprocess.CompletedProcess) -> None:
    assert (result.returncode, result.stderr) == (0, ""), result.stdout + result.stderr
    assert "  FAILED  " not in result.stdout and "\x1b" not in result.stdout, "and colours are for terminals"
    found = results(result.stdout)
    assert set(found.values()) == {"ok"}
    if name == "full-demo":
        assert list(found) == CONCEPTS
    assert result.stdout.endswith("\nAll is as it should be.\n")


def furnish(client: Client) -> None:
    """Tasks that were there before, each in the way of somebody who is careless."""
    client.create("as urgent as can be, and first", priority=1_000_000)
    client.create("nearly as urgent", priority=999_999)
    client.create("of no hurry", priority=-1_000_000)
    client.create('{"event":"task.created","task":{"id":"', description="Łódź, \u0081 \n \\ \" '", project="other")
    first = client.create("in a circle")
    second = client.create("with another", dependencies=[first["id"]])
    client.change(first["id"], dependencies=[second["id"]])
    client.create("needs nobody", dependencies=["00000000-0000-7000-8000-0000000000aa"])
    client.change(client.create("done")["id"], status="completed")


@contextlib.contextmanager
def untouched(client: Client):
    """The tasks are in the end, byte by byte, what they were in the beginning, and nothing is leaked."""
    before = client.get("/tasks").body
    yield
    assert client.get("/tasks").body == before
    assert client.json("/tasks/system/memory")["leak"]["bytes"] == 0
    deadline = time.monotonic() + 5
    while client.json("/tasks/system/ws")["connectedClients"]:
        assert time.monotonic() < deadline, "a listener stays"


@pytest.fixture(scope="module")
def furnished(taskflow):
    furnish(Client(taskflow))
    return taskflow


@pytest.fixture(scope="module")
def guarded(taskflow_program):
    with taskflow_program.start(*OWN_FLAGS) as server:
        furnish(Client(server, OWN_TOKENS["ADMIN_TOKEN"]))
        yield server


@pytest.mark.parametrize("name", NAMES)
def test_it_passes_on_an_empty_server(taskflow_program, name):
    with taskflow_program.start() as server, untouched(Client(server)):
        assert_passed(name, run(name, server))


@pytest.mark.parametrize("name", NAMES)
def test_it_passes_twice_and_leaves_what_was_there(furnished, name):
    with untouched(Client(furnished)):
        for _ in range(2):
            assert_passed(name, run(name, furnished))


@pytest.mark.parametrize("name", NAMES)
def test_it_passes_with_tokens_of_the_servers_own(guarded, name):
    with untouched(Client(guarded, OWN_TOKENS["ADMIN_TOKEN"])):
        result = run(name, guarded, **OWN_TOKENS)
        assert_passed(name, result)
        assert not [token for token in OWN_TOKENS.values() if token in result.stdout]


@pytest.mark.parametrize("name", NAMES)
def test_it_passes_without_jq(furnished, name, tmp_path):
    for tool in TOOLS:
        (tmp_path / tool).symlink_to(shutil.which(tool))
    with untouched(Client(furnished)):
        assert_passed(name, run(name, furnished, PATH=str(tmp_path)))


@pytest.mark.parametrize("name", NAMES)
def test_it_passes_while_another_client_works(taskflow_program, name):
    with taskflow_program.start() as server:
        client, ended = Client(server), threading.Event()

        def work():
            while not ended.wait(0.02):
                task = client.create("Ł" * 500, priority=1_000_000, description="x" * 10_000)
                client.change(task["id"], status="failed")
                client.ask("DELETE", f"/tasks/{task['id']}")

        worker = threading.Thread(target=work)
        worker.start()
        try:
            result = run(name, server)
        finally:
            ended.set()
            worker.join()
        assert_passed(name, result)
        assert client.json("/tasks") == []


def test_a_terminal_shows_colours(taskflow):
    keyboard, screen = pty.openpty()
    with subprocess.Popen(["bash", SCRIPTS / "dependency-demo.sh"], env=environment(taskflow), stdin=subprocess.DEVNULL,
                          stdout=screen) as demo:
        os.close(screen)
        shown = b""
        with contextlib.suppress(OSError):  # How Linux says that nobody writes any more.
            while piece := os.read(keyboard, 65_536):
                shown += piece
    os.close(keyboard)
    assert demo.returncode == 0
    assert b"\x1b[32mok\x1b[0m" in shown


def test_two_learners_do_not_disturb_each_other(taskflow_program):
    with taskflow_program.start() as server, untouched(Client(server)):
        with futures.ThreadPoolExecutor() as pool:
            running = {pool.submit(run, name, server): name for name in NAMES[1:] * 2}
        for result, name in running.items():
            assert_passed(name, result.result())


# What goes wrong


@pytest.mark.parametrize("name", NAMES)
def test_no_server_is_one_clear_line(name):
    url = f"http://127.0.0.1:{free_port()}"
    result = run(name, url)
    assert result.returncode == 1 and result.stdout == ""
    assert result.stderr.count("\n") == 1 and f"no server at {url}" in result.stderr, result.stderr


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("token, words", [("not-the-admin", "does not know this ADMIN_TOKEN"),
                                          ("secret-user-123", "ADMIN_TOKEN is not the admin's")])
def test_a_wrong_admin_token_is_one_clear_line(taskflow, name, token, words):
    result = run(name, taskflow, ADMIN_TOKEN=token)
    assert result.returncode == 1 and result.stdout == ""
    assert result.stderr.count("\n") == 1 and words in result.stderr and token not in result.stderr, result.stderr


@pytest.mark.parametrize("name", NAMES)
def test_another_server_is_not_mistaken_for_ours(echo, name):
    result = run(name, echo)
    assert result.returncode == 1 and result.stdout == ""
    assert "is no taskflow" in result.stderr


def test_a_concept_that_fails_is_named(furnished):
    with untouched(Client(furnished)):
        result = run("full-demo", furnished, USER_TOKEN="nobody-at-all")
    assert result.returncode == 1
    assert [title for title, outcome in results(result.stdout).items() if outcome == "FAILED"] == ["Middleware"]
    assert list(results(result.stdout)) == CONCEPTS, "the others were shown all the same"
    assert result.stdout.endswith("\nNot all of it is as it should be.\n")


@pytest.mark.parametrize("moment, number, code", [
    ("3. ", signal.SIGINT, 130), ("8. ", signal.SIGINT, 130), ("(called everything)", signal.SIGINT, 130),
    ("3. ", signal.SIGTERM, 143), ("3. ", signal.SIGHUP, 129),
])
def test_it_tidies_up_when_it_is_ended_early(furnished, moment, number, code):
    client = Client(furnished)
    with untouched(client):
        # As a terminal does it: all processes of the group get the signal.
        iterations = "30000000" if moment == "8. " else "1"
        with subprocess.Popen(["bash", SCRIPTS / "full-demo.sh"], env=environment(furnished, ITERATIONS=iterations),
                              start_new_session=True, preexec_fn=minds_interrupts, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
            while moment not in (line := demo.stdout.readline()):
                assert line, "ended before that"
            demo.stdout.readline()
            os.killpg(demo.pid, number)
            output, errors = demo.communicate(timeout=30)
        assert demo.returncode == code, output + errors
        assert "full-demo: ended early; tidying up\n" in errors


def test_it_says_when_it_cannot_tidy_up(taskflow_program):
    with taskflow_program.start() as server:
        with subprocess.Popen(["bash", SCRIPTS / "full-demo.sh"], env=environment(server), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
            while "3. " not in demo.stdout.readline():
                pass
            server.stop()
            output, errors = demo.communicate(timeout=60)
    assert demo.returncode == 1
    assert "no answer from" in errors and "may be left at" in errors and "as it should be" not in output


# The command line


@pytest.mark.parametrize("name", NAMES)
def test_help_is_worth_reading(name):
    result = run(name, "http://127.0.0.1:1", "--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(f"Usage: scripts/{name}.sh") and "BASE_URL" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 120


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_option_is_code_64(name):
    result = run(name, "http://127.0.0.1:1", "--no-such")
    assert result.returncode == 64 and result.stdout == "" and "--no-such" in result.stderr


@pytest.mark.parametrize("iterations", ["0", "1000000001", "-1", "many", "1.5", "99999999999999999999"])
def test_bad_iterations_are_code_64(taskflow, iterations):
    result = run("full-demo", taskflow, ITERATIONS=iterations)
    assert result.returncode == 64 and result.stdout == "" and "ITERATIONS" in result.stderr


def test_little_work_is_said_to_show_little(taskflow):
    result = run("full-demo", taskflow, ITERATIONS="1")
    assert_passed("full-demo", result)
    assert "too quick to see" in result.stdout
