"""`exercises trace`, `exercises play` and `exercises record`: where each line came from, for each exercise."""

import json
import re

import pytest

from test_exercises import FOLDERS, WITHOUT_NODE, exercises, number_of, recorded, why  # noqa: F401

# What they print says how fast the machine is.
OF_TIME = {"50", "58"}
# What the server's page plays: what is the same on every machine, since nobody but the loop decides when something is called.
RECORDED_GROUPS = ("The loop", "Timers", "Immediates", "Async", "Errors and endings")
# The one of the closing phase, which none of those groups shows.
RECORDED_TOO = {"15"}


def rows(shown: str) -> list[str]:
    """The table, without its heading."""
    lines = shown.split("\n\n")[1].splitlines()
    return lines[1:]


def traced(exercises, number: str, **options) -> str:
    answer = exercises("trace", number, **options)
    assert answer.returncode == 0, answer
    return answer.stdout


@pytest.mark.parametrize("folder", [folder for folder in FOLDERS if number_of(folder) not in OF_TIME],
                         ids=lambda folder: folder.name)
def test_each_line_has_its_callback_and_stands_beside_that_of_node(exercises, folder):
    number = number_of(folder)
    shown = traced(exercises, number, env=WITHOUT_NODE)
    assert "≠" not in shown and "Node (recorded)" in shown
    table = "\n".join(rows(shown)).rstrip()
    assert [line for line in recorded(number) if line.strip() and line.strip() not in table] == []


def test_turn_phase_and_callback_are_those_of_the_loop(exercises):
    columns = [re.split(r" {2,}", row.strip()) for row in rows(traced(exercises, "01", env=WITHOUT_NODE))]
    assert columns == [
        ["main", "2 ticks, 2 microtasks", "sync 1", "sync 1"], ["sync 2", "sync 2"], ["tick 1", "tick 1"],
        ["tick 2", "tick 2"], ["microtask 1", "microtask 1"], ["microtask 2", "microtask 2"],
        ["timers", "timeout", "timeout 0", "timeout 0"], ["1", "check", "immediate", "immediate", "immediate"],
        ["end", "[exit 0]", "[exit 0]"]]


def test_a_batch_of_immediates_is_one_turn(exercises):
    turns = [re.split(r" {2,}", row.strip())[:3] for row in rows(traced(exercises, "07", env=WITHOUT_NODE))][1:-1]
    assert turns == [["1", "check", "immediate"]] * 2 + [["1", "timers", "timeout"]] + [["2", "check", "immediate"]] * 2


def test_a_line_that_node_has_not_is_marked(exercises, tmp_path):
    node = tmp_path / "node"
    node.write_text('#!/bin/sh\ncase $1 in --version) echo v20.1.0;; *) echo "sync 1"; echo other;; esac\n')
    node.chmod(0o755)
    shown = traced(exercises, "01", env={"PATH": f"{tmp_path}:/usr/bin:/bin"})
    marked = [row for row in rows(shown) if row.endswith("≠")]
    assert "Node prints" in shown and len(marked) == len(recorded("01")) - 1
    assert not rows(shown)[0].endswith("≠")


def test_play_shows_the_line_that_prints_and_what_waits(exercises):
    answer = exercises("play", "07", input="\n" * 10)
    assert answer.returncode == 0 and answer.stdout.endswith(why("07"))
    steps = answer.stdout.split("return: on")
    assert len(steps) == 7 and "step 6 of 6" in steps[5]
    assert "the main program" in steps[0] and "nothing is printed yet" in steps[0]
    assert re.search(r'▶ +6 .*print\("immediate 1"\)', steps[1]) and "turn 1, check: immediate" in steps[1]
    # One more was queued, of the two of the batch.
    assert re.search(r"immediates +1$", steps[1], re.MULTILINE)
    assert re.search(r"immediates +2$", steps[2], re.MULTILINE)
    assert re.search(r"timeouts +1 of 1 ms$", steps[2], re.MULTILINE)
    assert re.search(r"timeouts +–$", steps[3], re.MULTILINE) and "▶ timer" in steps[3]


def test_play_goes_back_and_ends_when_it_is_told_to(exercises):
    answer = exercises("play", "07", input="\nb\nb\nq\n")
    assert [int(number) for number in re.findall(r"step (\d) of 6", answer.stdout)] == [1, 2, 1, 1]
    assert answer.returncode == 0 and why("07") not in answer.stdout


def is_recorded(folder) -> bool:
    group = re.search("^Group: (.+)$", (folder / "exercise.md").read_text(), re.MULTILINE)[1]
    return group in RECORDED_GROUPS and number_of(folder) not in OF_TIME or number_of(folder) in RECORDED_TOO


def test_those_have_a_recording_that_are_the_same_on_every_machine():
    assert [folder.name for folder in FOLDERS if (folder / "recording.json").exists()] == [
        folder.name for folder in FOLDERS if is_recorded(folder)]


@pytest.mark.parametrize("folder", [folder for folder in FOLDERS if is_recorded(folder)], ids=lambda folder: folder.name)
def test_a_recording_is_what_the_exercise_does_today(exercises, folder):
    """If not: `exercises record NN > Sources/exercises/NN_…/recording.json`."""
    answer = exercises("record", number_of(folder))
    assert answer.returncode == 0, answer
    kept = (folder / "recording.json").read_text()
    assert without_turns(answer.stdout) == without_turns(kept)
    turns = [step.get("turn", 0) for step in json.loads(kept)["steps"]]
    assert turns == sorted(turns)


def without_turns(recording: str) -> dict:
    """Whether a timer is due before the first turn or in it, and how often the loop turns before one is, is the machine's."""
    made = json.loads(recording)
    for step in made["steps"]:
        step.pop("turn", None)
    return made


@pytest.mark.parametrize("command", ["trace", "play", "record"])
def test_a_wrong_number_is_refused(exercises, command):
    answer = exercises(command, "999", input="")
    assert answer.returncode == 64 and "999" in answer.stderr and answer.stdout == ""
