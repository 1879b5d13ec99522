"""The demonstrations in scripts/, as a learner runs them: what they show is true, and they leave nothing behind."""

import contextlib
import os
import pty
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from concurrent import futures
from pathlib import Path

import pytest

from client import Client
from server import free_port

SCRIPTS = Path(__file__).resolve().parent.parent.parent / "scripts"
NAMES = ["full-demo", "dependency-demo", "live-events", "queue-demo"]
# The last waits for leases of five seconds: the default run sees it whole on two servers, and only begun on others.
MOSTLY = [*NAMES[:-1], pytest.param(NAMES[-1], marks=pytest.mark.slow)]
CONCEPTS = ["Raw HTTP server", "Hash map", "Priority queue", "Dependency chains", "Middleware", "Error handling",
            "Memory management", "Worker threads", "Streaming", "WebSockets"]
OWN_TOKENS = {"ADMIN_TOKEN": "the-admin-of-the-demo", "USER_TOKEN": "the-user-of-the-demo"}
OWN_FLAGS = ["--admin-token", OWN_TOKENS["ADMIN_TOKEN"], "--user-token", OWN_TOKENS["USER_TOKEN"]]
RESULT = re.compile(r" *\d+  (.{22}) (ok|FAILED)\b", re.MULTILINE)
# All that they may need beside bash itself.
TOOLS = ["awk", "basename", "cat", "cp", "curl", "cut", "dirname", "grep", "mkdir", "mktemp", "rm", "sed", "sleep", "sort", "tr",
         "wc"]


def environment(server, **more: str) -> dict[str, str]:
    url = server if isinstance(server, str) else server.url
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return kept | {"BASE_URL": url, "ITERATIONS": "30000000", "LC_ALL": "C.UTF-8"} | more


def run(name: str, server, *arguments: str, scripts: Path = SCRIPTS, cwd: Path | None = None,
        **more: str) -> subprocess.CompletedProcess:
    return subprocess.run([shutil.which("bash"), scripts / f"{name}.sh", *arguments], env=environment(server, **more),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, cwd=cwd)


def minds_interrupts() -> None:
    """A process that a shell starts in the background ignores ctrl-C, and so would all that it starts."""
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
    assert result.stdout.endswith("\nEverything works.\n")


def furnish(client: Client) -> None:
    """Tasks that were there before, each in the way of a careless script."""
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
    with taskflow_program.start("--demo", *OWN_FLAGS) as server:
        furnish(Client(server, OWN_TOKENS["ADMIN_TOKEN"]))
        yield server


@pytest.mark.parametrize("name", NAMES)
def test_it_passes_on_an_empty_server(taskflow_program, name):
    with taskflow_program.start() as server, untouched(Client(server)):
        assert_passed(name, run(name, server))


@pytest.mark.parametrize("name", MOSTLY)
def test_it_passes_twice_and_leaves_what_was_there(furnished, name):
    with untouched(Client(furnished)):
        for _ in range(2):
            assert_passed(name, run(name, furnished))


@pytest.mark.slow
def test_it_passes_on_a_durable_server_and_leaves_its_10_000_tasks(taskflow_program, tmp_path):
    with taskflow_program.start("--store", f"sqlite:{tmp_path}/tasks.db") as server:
        client = Client(server)
        with futures.ThreadPoolExecutor(16) as makers:
            list(makers.map(lambda number: client.create(f"task {number}", priority=number % 100), range(10_000)))
        before = client.get("/tasks/stream.ndjson").body
        assert before.count(b"\n") == 10_000
        assert_passed("full-demo", run("full-demo", server))
        assert client.get("/tasks/stream.ndjson").body == before


@pytest.mark.parametrize("name", MOSTLY)
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


@pytest.mark.parametrize("name", MOSTLY)
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
        with contextlib.suppress(OSError):  # How Linux says that no process writes any more.
            while piece := os.read(keyboard, 65_536):
                shown += piece
    os.close(keyboard)
    assert demo.returncode == 0
    assert b"\x1b[32mok\x1b[0m" in shown


def test_the_chosen_concepts_are_shown_under_their_numbers(furnished):
    with untouched(Client(furnished)):
        result = run("full-demo", furnished, "4", "2")
    assert (result.returncode, result.stderr) == (0, "")
    assert list(results(result.stdout)) == [CONCEPTS[3], CONCEPTS[1]]
    assert re.findall(r"^ *(\d+)[. ] ", result.stdout, re.MULTILINE) == ["4", "2", "4", "2"]


@pytest.mark.parametrize("arguments", [["0"], ["11"], ["four"], ["04"], ["4", "99"], ["1-3"], [""], ["-4"], ["4", "--steps"]])
def test_what_is_no_concept_is_code_64(taskflow, arguments):
    result = run("full-demo", taskflow, *arguments)
    assert result.returncode == 64 and result.stdout == ""
    assert result.stderr.count("\n") == 1 and f" {arguments[-1]}, " in result.stderr


def seen_until(keyboard: int, text: bytes) -> bytes:
    shown = b""
    while text not in shown:
        with contextlib.suppress(OSError):  # How Linux says that no process writes any more.
            if piece := os.read(keyboard, 65_536):
                shown += piece
                continue
        raise AssertionError(shown)
    return shown


def test_step_waits_between_concepts_on_a_terminal(taskflow):
    keyboard, screen = pty.openpty()
    with subprocess.Popen(["bash", SCRIPTS / "full-demo.sh", "--step", "2", "6"], env=environment(taskflow),
                          stdin=screen, stdout=screen, stderr=screen, start_new_session=True) as demo:
        os.close(screen)
        before = seen_until(keyboard, b"Return goes on.")
        assert b"2. Hash map" in before and b"6. Error" not in before
        os.write(keyboard, b"\n")
        after = seen_until(keyboard, b"Everything works.")
        assert b"6. Error handling" in after and b"Return goes on." not in after, "nothing follows the last one"
        assert demo.wait(30) == 0
    os.close(keyboard)


def test_step_does_not_wait_where_nobody_looks(taskflow):
    result = run("full-demo", taskflow, "--step", "2", "6")
    assert result.returncode == 0 and "Return goes on." not in result.stdout


def test_two_learners_do_not_disturb_each_other(taskflow_program):
    with taskflow_program.start() as server, untouched(Client(server)):
        with futures.ThreadPoolExecutor() as pool:
            running = {pool.submit(run, name, server): name for name in NAMES[1:-1] * 2}
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


@pytest.mark.parametrize("arguments, is_refused", [([], True), (["7"], True), (["1", "8"], True), (["9"], True),
                                                   (["1", "2", "3", "4", "5", "6", "10"], False)])
def test_a_server_without_demonstrations_is_one_clear_line(taskflow_program, arguments, is_refused):
    with taskflow_program.start(*OWN_FLAGS) as server:
        result = run("full-demo", server, *arguments, **OWN_TOKENS)
    if is_refused:
        assert result.returncode == 1 and result.stdout == ""
        assert result.stderr.count("\n") == 1 and "has no demonstrations: start it with --demo" in result.stderr
    else:
        assert (result.returncode, result.stderr) == (0, "")


# What is the caller's stays with the caller

BASH_FILE = """
echo() { printf 'echo was replaced\\n'; }
curl() { command curl --no-such-option "$@"; }
grep() { command grep --color=always "$@"; }
cd() { builtin cd "$@" && pwd; }
shopt -s expand_aliases
alias sed='sed --no-such' awk=false
set -o noclobber -o noglob
"""
SURROUNDINGS = {
    "grep": {"GREP_OPTIONS": "--color=always", "GREP_COLORS": "mt=01;31"},
    "posix": {"POSIXLY_CORRECT": "1"},
    "cdpath": {"CDPATH": ".:/tmp"},
    "colours": {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "JQ_COLORS": "0;31"},
    "functions": {"BASH_FUNC_curl%%": "() { false; }", "BASH_FUNC_tr%%": "() { cat; }"},
    "options": {"SHELLOPTS": "noclobber:posix"},
    "locale": {"LC_ALL": "", "LC_NUMERIC": "de_DE.UTF-8", "LANG": "C.UTF-8"},
}


@pytest.mark.parametrize("name", MOSTLY[1:])
@pytest.mark.parametrize("surroundings", SURROUNDINGS)
def test_the_environment_of_a_script_is_its_own(taskflow, name, surroundings):
    assert_passed(name, run(name, taskflow, **SURROUNDINGS[surroundings]))


@pytest.mark.parametrize("name", MOSTLY[1:])
def test_what_bash_env_names_changes_nothing(taskflow, tmp_path, name):
    (tmp_path / "bash_env").write_text(BASH_FILE)
    assert_passed(name, run(name, taskflow, BASH_ENV=str(tmp_path / "bash_env")))


@pytest.fixture
def proxy():
    """Listens as a proxy would, and fails if anything comes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()


@pytest.mark.parametrize("name, arguments", [("full-demo", ["5", "8", "9", "10"]), ("dependency-demo", []),
                                             ("live-events", [])])
def test_no_proxy_ever_gets_the_token(taskflow, tmp_path, proxy, name, arguments):
    (tmp_path / ".curlrc").write_text(f'proxy = "{proxy}"\nfail\n')
    names = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    proxies = {variable: proxy for variable in names} | {"no_proxy": "", "NO_PROXY": "example.org"}
    for more in (proxies, {"HOME": str(tmp_path)}, {"CURL_HOME": str(tmp_path)}):
        result = run(name, taskflow, *arguments, **{"ITERATIONS": "1"} | more)
        assert (result.returncode, result.stderr) == (0, ""), result.stdout


@pytest.mark.parametrize("name", MOSTLY[1:])
def test_it_runs_from_anywhere_by_any_name(taskflow, tmp_path, name):
    copy = tmp_path / "a checkout" / "scripts"
    shutil.copytree(SCRIPTS, copy)
    (tmp_path / "tmp dir").mkdir()
    places = {"a path with spaces": copy, "a link to the folder": tmp_path / "link", "a link to the script": tmp_path}
    places["a link to the folder"].symlink_to(copy)
    (tmp_path / "one.sh").symlink_to(copy / f"{name}.sh")
    (tmp_path / f"{name}.sh").symlink_to("one.sh")
    for place in places.values():
        result = run(name, taskflow, scripts=place, cwd=tmp_path, TMPDIR=str(tmp_path / "tmp dir"))
        assert_passed(name, result)
    assert list((tmp_path / "tmp dir").iterdir()) == []


@pytest.mark.parametrize("name", NAMES[1:])
def test_no_temporary_folder_is_one_clear_line(taskflow, name):
    result = run(name, taskflow, TMPDIR="/nonexistent")
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert "cannot make a folder in /nonexistent" in result.stderr


def test_each_line_is_a_line(taskflow):
    """What curl writes down of a WebSocket does not end with a line feed."""
    shown = run("live-events", taskflow).stdout
    assert not re.search(r"\} +(ok|FAILED)  ", shown)
    assert re.search(r'^  everything < \{"event":"connection.ready".*\}$', shown, re.MULTILINE)


@pytest.fixture
def checkout(tmp_path):
    """A copy of the scripts, and a `swift` that builds a program which says what it was given."""
    root, tools = tmp_path / "a checkout", tmp_path / "tools"
    shutil.copytree(SCRIPTS, root / "scripts")
    tools.mkdir()
    (tools / "swift").write_text(f"""#!/bin/sh
[ "$1 $2 $3" = "build --package-path {root}" ] || {{ echo "not $1 $2 $3" >&2; exit 9; }}
mkdir -p "{root}/.build/release"
for argument; do if [ "$argument" = --show-bin-path ]; then echo "{root}/.build/release"; exit; fi; done
printf '#!/bin/sh\\nprintf "<%%s>" "$PWD" "$@"\\n' >"{root}/.build/release/taskflow"
chmod +x "{root}/.build/release/taskflow"
""")
    (tools / "swift").chmod(0o755)
    return root, tools


@pytest.mark.parametrize("place, more", [(".", {"CDPATH": "."}), ("..", {"CDPATH": "/:."}), (".", {"POSIXLY_CORRECT": "1"}),
                                         ("/", {})])
def test_serve_finds_its_folder_and_says_that_the_first_build_is_long(checkout, place, more):
    root, tools = checkout
    cwd = (root / place).resolve()
    (root / "link.sh").symlink_to("scripts/serve.sh")
    for script in (os.path.relpath(root / "scripts" / "serve.sh", cwd), str(root / "link.sh")):
        path = {"PATH": f"{tools}:{os.environ['PATH']}"}
        result = subprocess.run(["bash", script, "--port", "a b"], env=environment("") | path | more, cwd=cwd,
                                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        assert (result.returncode, result.stdout) == (0, f"<{cwd}><--port><a b>"), result.stderr
        assert ("takes minutes" in result.stderr) == (script != str(root / "link.sh")), "the first time only"


def test_a_concept_that_fails_is_named(furnished):
    with untouched(Client(furnished)):
        result = run("full-demo", furnished, USER_TOKEN="nobody-at-all")
    assert result.returncode == 1
    assert [title for title, outcome in results(result.stdout).items() if outcome == "FAILED"] == ["Middleware"]
    assert list(results(result.stdout)) == CONCEPTS, "the others were shown all the same"
    assert result.stdout.endswith("\nNot everything works.\n")


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
    assert "no answer from" in errors and "may be left at" in errors and "verything works" not in output


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


EVERY = sorted(path.name for path in SCRIPTS.iterdir() if path.suffix in (".sh", ".py"))


@pytest.mark.parametrize("script", EVERY)
def test_every_script_has_help(script):
    result = subprocess.run([SCRIPTS / script, "--help"], capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")
    assert re.match(f"(?i)usage: .*{re.escape(script)}", result.stdout), result.stdout


# serve.sh hands its arguments on to the server, which has to be built first.
@pytest.mark.parametrize("script", [name for name in EVERY if name != "serve.sh"])
@pytest.mark.parametrize("argument", ["--no-such", "no-such", "--quik"])
def test_every_script_names_a_typing_error(script, argument):
    result = subprocess.run([SCRIPTS / script, argument], capture_output=True, text=True, timeout=60)
    assert result.returncode == (2 if script.startswith("check-") else 64)
    assert result.stdout == "" and argument in result.stderr


def test_bench_names_its_suites():
    shown = subprocess.check_output([SCRIPTS / "bench.sh", "--help"], text=True)
    files = (SCRIPTS.parent / "Benchmarks" / "bench" / "suites").glob("[a-z]*.py")
    suites = {path.stem.replace("_", "-") for path in files}
    assert set(re.findall(r"^  ([\w-]+) ", shown.split("\nsuites:")[1], re.MULTILINE)) == suites
    for arguments in (["nosuch"], ["--taskflow"], ["http", "--taskflow", "/no/such/file"]):
        assert subprocess.run([SCRIPTS / "bench.sh", *arguments], capture_output=True).returncode == 64


@pytest.mark.parametrize("iterations", ["0", "1000000001", "-1", "many", "1.5", "99999999999999999999"])
def test_bad_iterations_are_code_64(taskflow, iterations):
    result = run("full-demo", taskflow, ITERATIONS=iterations)
    assert result.returncode == 64 and result.stdout == "" and "ITERATIONS" in result.stderr


def test_little_work_is_said_to_show_little(taskflow):
    result = run("full-demo", taskflow, ITERATIONS="1")
    assert_passed("full-demo", result)
    assert "too quick to see" in result.stdout
