"""The exercises as a learner uses them, with Node and without."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parents[2] / "Sources" / "exercises"
FOLDERS = sorted(path for path in SOURCES.iterdir() if re.match(r"\d\d_", path.name))
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


def recorded(number: str) -> list[str]:
    folder = next(path for path in FOLDERS if path.name.startswith(number))
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
    assert {path.suffix for path in folder.iterdir()} in ({".js", ".swift", ".txt", ".md"},
                                                          {".mjs", ".swift", ".txt", ".md"})
    title, group, concept, question, why = re.fullmatch(
        r"# (.+)\n\nGroup: (.+)\nConcept: (.+)\nQuestion: (.+)\n\n(.+)\n", (folder / "exercise.md").read_text(),
        re.DOTALL).groups()
    assert 3 <= len(why.splitlines()) <= 8
    assert all(len(line) <= 120 for line in why.splitlines())
    assert re.fullmatch(r"\[exit \d+\]", (folder / "output.txt").read_text().splitlines()[-1])


def test_list_has_a_line_for_each(exercises):
    answer = exercises("list")
    numbers = re.findall(r"^  (\d\d)  \S", answer.stdout, re.MULTILINE)
    assert answer.returncode == 0
    assert sorted(numbers) == [path.name[:2] for path in FOLDERS]


def test_show_has_the_question_and_both_programs(exercises):
    answer = exercises("show", "07")
    folder = next(path for path in FOLDERS if path.name.startswith("07"))
    assert answer.returncode == 0
    assert re.search(r"^Question: (.+)$", (folder / "exercise.md").read_text(), re.MULTILINE)[1] in answer.stdout
    for pattern in ("program.*", "*.swift"):
        assert next(folder.glob(pattern)).read_text() in answer.stdout
    assert "\x1b" not in answer.stdout


@pytest.mark.parametrize("side", ["--node", "--swift"])
def test_run_prints_what_the_program_prints(exercises, side):
    answer = exercises("run", "20", side)
    assert [*answer.stdout.splitlines(), f"[exit {answer.returncode}]"] == recorded("20")
    assert answer.returncode == 7


def test_it_runs_from_any_folder(exercises, tmp_path):
    assert exercises("compare", "1", cwd=tmp_path).returncode == 0
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", [["show"], ["predict"], ["compare"], ["run", "--swift"]])
@pytest.mark.parametrize("number", ["99", "", "one", "007", "-1"])
def test_a_wrong_number_is_refused(exercises, command, number):
    answer = exercises(*command, number)
    assert answer.returncode == 64
    assert answer.stdout == "" and answer.stderr.startswith("Error: ")


@pytest.mark.parametrize("arguments", [["compare"], ["compare", "--all", "01"], ["run", "01"], ["lists"]])
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


def choices(shown: str) -> dict[str, list[str]]:
    """The number of each line that can be chosen."""
    found: dict[str, list[str]] = {}
    for number, line in re.findall(r"^ +(\d+)  (.+)$", shown.split("It prints these lines")[1], re.MULTILINE):
        found.setdefault(line, []).append(number)
    return found


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
    why = next(FOLDERS[0].glob("exercise.md")).read_text().split("\n\n")[-1]
    assert answer.stdout.endswith(why)


def test_who_does_not_know_is_told(exercises):
    answer = exercises("predict", "01", input="")
    assert answer.returncode == 0
    assert "No guess; here is what the loop does." in answer.stdout
