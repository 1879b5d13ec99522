"""The exercises as a learner uses them, with Node and without."""

import contextlib
import os
import pty
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from terminal import read_screen

SOURCES = Path(__file__).resolve().parents[2] / "Sources" / "exercises"
FOLDERS = sorted(path for path in SOURCES.iterdir() if re.match(r"\d\d\d?_", path.name))
WITHOUT_NODE = {"PATH": "/nonexistent"}


@pytest.fixture(scope="module")
def exercises(request):
    program = request.config.getoption("exercises") or pytest.skip("no --exercises given")

    def run(*arguments, **options):
        return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=300, **options)

    return run


@pytest.fixture
def fake_node(tmp_path):
    """A PATH on which `node` is a script."""

    def make(script: str) -> dict[str, str]:
        node = tmp_path / "node"
        node.write_text(f"#!/bin/sh\n{script}\n")
        node.chmod(0o755)
        return {"PATH": f"{tmp_path}:/usr/bin:/bin"}

    return make


def number_of(folder: Path) -> str:
    return folder.name.partition("_")[0]


def recorded(number: str) -> list[str]:
    folder = next(path for path in FOLDERS if path.name.startswith(f"{number}_"))
    return (folder / "output.txt").read_text().splitlines()


def test_all_print_the_same_in_node_and_in_swift(exercises):
    if not shutil.which("node"):
        pytest.skip("Node is not installed")
    answer = exercises("compare", "--all")
    assert answer.returncode == 0, answer.stdout
    assert answer.stdout.endswith(f"{len(FOLDERS)} of {len(FOLDERS)} exercises print the same in Node and in Swift\n")
    assert "recorded" not in answer.stdout


def test_without_node_the_recorded_outputs_are_compared_with(exercises):
    answer = exercises("compare", "--all", env=WITHOUT_NODE)
    assert answer.returncode == 0, answer.stdout
    assert answer.stdout.startswith("Node 20 is not installed: comparing with what it printed")


def test_there_are_as_many_as_promised():
    assert len(FOLDERS) >= 45


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_is_whole(folder):
    assert {path.suffix for path in folder.iterdir() if path.name != "recording.json"} in (
        {".js", ".swift", ".txt", ".md"}, {".mjs", ".swift", ".txt", ".md"})
    title, group, concept, question, predict, why = re.fullmatch(
        r"# ([^\n]+)\n\nGroup: ([^\n]+)\nConcept: ([^\n]+)\nQuestion: ([^\n]+)\n(Predict: no\n)?\n(.+)\n",
        (folder / "exercise.md").read_text(), re.DOTALL).groups()
    assert 3 <= len(why.splitlines()) <= 8
    assert all(len(line) <= 120 for line in why.splitlines())
    assert re.fullmatch(r"\[exit \d+\]", (folder / "output.txt").read_text().splitlines()[-1])


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_program_does_not_tell_its_answer(folder):
    """It is shown before the guess, and a line that must not come would be the answer."""
    for text in (next(folder.glob("program.*")).read_text(), next(folder.glob("*.swift")).read_text()):
        assert not re.search(r"\bBUG\b|must not|never (runs|printed)", text)


def test_list_has_a_line_for_each(exercises):
    answer = exercises("list")
    numbers = re.findall(r"^  (\d\d\d?) +\S", answer.stdout, re.MULTILINE)
    assert answer.returncode == 0
    assert sorted(numbers) == sorted(number_of(path) for path in FOLDERS)
    assert "Some numbers are missing" in answer.stdout, "and the learner is told why"
    asked = {number_of(path) for path in FOLDERS if "Predict: no" not in (path / "exercise.md").read_text()}
    assert set(re.findall(r"^  (\d\d\d?) .+  \?  ", answer.stdout, re.MULTILINE)) == asked


def test_show_has_the_question_and_both_programs(exercises):
    answer = exercises("show", "07")
    folder = next(path for path in FOLDERS if path.name.startswith("07_"))
    assert answer.returncode == 0
    assert re.search(r"^Question: (.+)$", (folder / "exercise.md").read_text(), re.MULTILINE)[1] in answer.stdout
    for pattern in ("program.*", "*.swift"):
        assert next(folder.glob(pattern)).read_text() in answer.stdout
    assert "\x1b" not in answer.stdout


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_is_shown_does_not_open_with_the_answer(exercises, folder):
    shown = exercises("show", number_of(folder)).stdout
    programs = re.split(r"^── .+ ─+\n\n", shown, flags=re.MULTILINE)[1:]
    assert len(programs) == 2
    assert not [program for program in programs if program.lstrip().startswith(("//", "/*"))]


@pytest.mark.parametrize("side", ["--node", "--swift"])
def test_run_prints_what_the_program_prints(exercises, side):
    answer = exercises("run", "20", side)
    assert [*answer.stdout.splitlines(), f"[exit {answer.returncode}]"] == recorded("20")
    assert answer.returncode == 7


def test_it_runs_from_any_folder(exercises, tmp_path):
    assert exercises("compare", "1", cwd=tmp_path).returncode == 0
    assert not list(tmp_path.iterdir())


def test_run_runs_the_swift_side(exercises):
    assert exercises("run", "20").stdout == exercises("run", "20", "--swift").stdout != ""


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["show", "07"], ["help", "run"]])
def test_what_cannot_be_written_is_no_success(request, arguments):
    program = request.config.getoption("exercises") or pytest.skip("no --exercises given")
    with open("/dev/full", "wb") as full:
        result = subprocess.run([program, *arguments], stdout=full, stderr=subprocess.PIPE, timeout=20)
    assert result.returncode == 1 and b"No space left" in result.stderr


def test_a_typo_in_a_flag_is_called_one(exercises):
    answer = exercises("compare", "--al")
    assert answer.returncode == 64 and "Unknown option '--al'" in answer.stderr


def test_a_number_of_one_digit_is_the_same_exercise(exercises):
    assert exercises("predict", "1", input="").stdout == exercises("predict", "01", input="").stdout


@pytest.mark.parametrize("command", [["show"], ["predict"], ["compare"], ["run"], ["run", "--node"], ["run", "--swift"]])
@pytest.mark.parametrize("number", ["99", "", "one", "007", "-1"])
def test_a_wrong_number_is_refused(exercises, command, number):
    answer = exercises(*command, number)
    assert answer.returncode == 64
    assert answer.stdout == "" and answer.stderr.startswith("Error: ")
    if number == "99":
        assert answer.stderr.startswith("Error: There is no exercise 99;")


@pytest.mark.parametrize("arguments", [["compare"], ["compare", "--all", "01"], ["run"], ["lists"]])
def test_what_makes_no_sense_is_refused(exercises, arguments):
    assert exercises(*arguments).returncode == 64


def test_without_node_its_side_cannot_be_run(exercises):
    answer = exercises("run", "01", "--node", env=WITHOUT_NODE)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == "exercises: cannot run node: no such file or directory\n"


def test_another_version_of_node_does_not_count(exercises, fake_node):
    answer = exercises("compare", "01", env=fake_node("echo v22.1.0"))
    assert answer.returncode == 0
    assert "Node 20 (recorded)" in answer.stdout


def test_a_difference_is_marked_and_counts(exercises, fake_node):
    lines = [line for line in recorded("01")[:-1] if line != "tick 1"] + ["one more"]
    script = 'if [ "$1" = --version ]; then echo v20.0.0; exit; fi\n' + "\n".join(f"echo '{line}'" for line in lines)
    answer = exercises("compare", "01", env=fake_node(script))
    assert answer.returncode == 1
    marked = [line.split("≠") for line in answer.stdout.splitlines() if "≠" in line]
    assert [[side.strip() for side in line[1:]] for line in marked] == [["", "tick 1"], ["one more", ""]]


def test_a_comparison_says_why(exercises):
    assert exercises("compare", "10").stdout.endswith(why("10"))
    assert why("10") not in exercises("show", "10").stdout


# What is the caller's stays with the caller

SURROUNDINGS = [{"FORCE_COLOR": "1"}, {"NO_COLOR": "1", "FORCE_COLOR": "3"}, {"NODE_OPTIONS": "--max-http-header-size=8192"},
                {"NODE_OPTIONS": "--no-such-option"}, {"NODE_PATH": "/nowhere"}, {"NODE_NO_WARNINGS": "1"},
                {"NODE_DEBUG": "timer,http"}, {"NODE_PENDING_DEPRECATION": "1"}, {"UV_THREADPOOL_SIZE": "1"},
                {"TZ": "Pacific/Kiritimati"}, {"LC_ALL": "tr_TR.UTF-8", "LANG": "de_DE.UTF-8"}, {"DEBUG": "*"}]


@pytest.mark.parametrize("surroundings", SURROUNDINGS, ids=lambda value: "+".join(value))
@pytest.mark.skipif(not shutil.which("node"), reason="Node is not installed")
def test_the_environment_of_both_sides_is_ours(exercises, surroundings):
    # In these two each of them showed: colours, limits, warnings, the pool.
    for number in ("24", "37"):
        answer = exercises("compare", number, env=dict(os.environ) | surroundings)
        assert answer.returncode == 0 and "recorded" not in answer.stdout, answer.stdout


@pytest.mark.parametrize("name", ["my dir", "100%", "#1?", "it's \"it\"", "Łódź"])
@pytest.mark.skipif(not shutil.which("node"), reason="Node is not installed")
def test_it_works_in_any_temporary_folder_and_leaves_nothing(exercises, tmp_path, name):
    # A module by the word of a parent folder, which Node would heed.
    (tmp_path / "package.json").write_text('{"type": "module"}')
    folder = tmp_path / name
    folder.mkdir()
    for arguments in (["compare", "01"], ["compare", "03"], ["run", "04", "--node"]):
        answer = exercises(*arguments, env=dict(os.environ) | {"TMPDIR": str(folder)})
        assert answer.returncode == 0 and "recorded" not in answer.stdout, answer.stdout + answer.stderr
    relative = exercises("run", "04", "--node", env=dict(os.environ) | {"TMPDIR": name}, cwd=tmp_path)
    assert relative.returncode == 0 and list(folder.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "package.json"])


@pytest.mark.parametrize("arguments", [["compare", "01"], ["compare", "--all"], ["run", "01", "--node"]])
@pytest.mark.skipif(not shutil.which("node"), reason="Node is not installed")
def test_no_temporary_folder_is_one_clear_line(exercises, arguments):
    answer = exercises(*arguments, env=dict(os.environ) | {"TMPDIR": "/nonexistent"})
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == "exercises: cannot make a folder in /nonexistent; TMPDIR can name another place\n"


def test_it_works_where_the_working_folder_is_gone(exercises, tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    assert exercises("compare", "01", cwd=folder, preexec_fn=folder.rmdir).returncode == 0


def processes_of_session(session: int) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # It may have ended just now.
            name, rest = path.read_text().rsplit(")", 1)
            if int(rest.split()[3]) == session and rest.split()[0] != "Z":
                found.append(name)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("arguments, moment", [(["compare", "--all"], "03  "), (["compare", "39"], "39  "),
                                               (["run", "39", "--node"], "clientError")])
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux")
@pytest.mark.skipif(not shutil.which("node"), reason="Node is not installed")
def test_ended_early_it_leaves_no_folder_and_no_child(exercises, request, tmp_path, number, arguments, moment):
    program = request.config.getoption("exercises")

    def minds_interrupts():
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    with subprocess.Popen([program, *arguments], env=dict(os.environ) | {"TMPDIR": str(tmp_path)},
                          start_new_session=True, preexec_fn=minds_interrupts, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, text=True) as running:
        shown = ""
        while moment not in shown:  # It is shown before the exercise begins, which takes more than a second.
            shown += (piece := running.stdout.read(1))
            assert piece, shown
        # To this one process alone: a terminal would give it to the child, too.
        running.send_signal(number)
        assert running.wait(30) == 128 + number
        assert list(tmp_path.iterdir()) == []
        running.stdout.read()  # Its end: no process has it open any more.
    deadline = time.monotonic() + 10  # It was killed, and the system takes it away by and by.
    while left := processes_of_session(running.pid):
        assert time.monotonic() < deadline, left


def test_nobody_reads_any_more(request, tmp_path):
    with subprocess.Popen([request.config.getoption("exercises"), "compare", "--all"], stdout=subprocess.PIPE,
                          env=dict(os.environ) | {"TMPDIR": str(tmp_path)}) as running:
        running.stdout.readline()
        running.stdout.close()
        assert running.wait(60) == 128 + signal.SIGPIPE
    assert list(tmp_path.iterdir()) == []


# Guessing


def why(number: str) -> str:
    folder = next(path for path in FOLDERS if path.name.startswith(f"{number}_"))
    return (folder / "exercise.md").read_text().split("\n\n", 2)[-1].replace("*", "")


def choices(shown: str) -> dict[str, list[str]]:
    """The number of each line that can be chosen."""
    found: dict[str, list[str]] = {}
    for number, line in re.findall(r"^ +(\d+)  (.+)$", shown.split("It prints these lines")[1], re.MULTILINE):
        found.setdefault(line, []).append(number)
    return found


def offers(shown: str) -> list[list[str]]:
    """The numbers that each prompt offers."""
    before = shown.split("It prints these lines")[1].split(" of ")[:-1]
    return [re.findall(r"(?:^|> ) +(\d+)  ", part, re.MULTILINE) for part in before]


def test_a_right_guess_is_right(exercises):
    lines = recorded("01")[:-1]
    numbers = choices(exercises("predict", "01", input="").stdout)
    answer = exercises("predict", "01", input="".join(f"{numbers[line].pop()}\n" for line in lines))
    assert answer.returncode == 0
    assert f"{len(lines)} of {len(lines)} in their place." in answer.stdout
    assert "≠" not in answer.stdout


def test_a_wrong_guess_is_shown_where_it_differs(exercises):
    lines = recorded("01")[:-1]
    numbers = choices(exercises("predict", "01", input="").stdout)
    guess = [lines[1], lines[0], *lines[2:]]
    answer = exercises("predict", "01", input="nonsense\n0\n9999\n" + "".join(f"{numbers[line].pop()}\n" for line in guess))
    assert f"{len(lines) - 2} of {len(lines)} in their place." in answer.stdout
    assert answer.stdout.count(f"A number from 1 to {len(lines)}, please.") == 3
    assert answer.stdout.endswith(why("01"))


def test_each_line_is_taken_once_and_a_step_back_gives_it_back(exercises):
    answer = exercises("predict", "01", input="b\n3\n3\n1\nB\n2\n")
    first, after_b, after_three, after_again, after_one, after_back, after_two = offers(answer.stdout)[:7]
    everything = [str(number) for number in range(1, len(recorded("01")))]
    assert first == everything and after_b == [], "there is no step before the first"
    rest = [number for number in everything if number != "3"]
    assert after_three == after_again == after_back == rest
    assert after_one == [number for number in rest if number != "1"]
    assert after_two == [number for number in rest if number != "2"]
    assert "3 is line 1 already." in answer.stdout


def test_q_ends_a_guess_and_shows_the_answer(exercises):
    answer = exercises("predict", "01", input="3\nq\n4\n")
    assert answer.returncode == 0 and "line 2 of" in answer.stdout and "line 3 of" not in answer.stdout
    assert f"of {len(recorded('01')) - 1} in their place." in answer.stdout and answer.stdout.endswith(why("01"))


def test_a_terminal_shows_code_in_bold_without_marks(request):
    ours, theirs = pty.openpty()
    program = request.config.getoption("exercises") or pytest.skip("no --exercises given")
    subprocess.run([program, "show", "90"], stdout=theirs, env={"PATH": "/usr/bin:/bin"}, timeout=60)
    os.close(theirs)
    question = read_screen(ours, 5).decode().splitlines()[1]
    os.close(ours)
    assert "`" not in question and "\x1b[1mlisten\x1b[0m" in question


def test_lines_that_are_equal_are_offered_as_often_as_they_come(exercises):
    lines = recorded("75")[:-1]
    assert {line: len(numbers) for line, numbers in choices(exercises("predict", "75", input="").stdout).items()} == {
        line: lines.count(line) for line in lines}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_guess_is_asked_for_where_the_order_is_the_question(exercises, folder):
    number = number_of(folder)
    answer = exercises("predict", number, input="")
    if "\nPredict: no\n" in (folder / "exercise.md").read_text():
        assert (answer.returncode, answer.stdout) == (64, "")
        assert f"`exercises show {number}`" in answer.stderr and f"`exercises compare {number}`" in answer.stderr
    else:
        assert answer.returncode == 0 and len(recorded(number)) > 3
        assert why(number).strip() not in answer.stdout.split("It prints these lines")[0]


def test_who_does_not_know_is_told(exercises):
    answer = exercises("predict", "01", input="")
    assert answer.returncode == 0
    assert "No guess; here is what the loop does." in answer.stdout
