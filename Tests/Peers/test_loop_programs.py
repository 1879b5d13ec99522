"""Random programs of callbacks print the same lines in Node as on our loop.

The exercises ask about one rule each; the rules meet in programs that nobody would write. A program says what each of
its callbacks does when it is called:

    main: tick 1, timeout 2, immediate 3
    1: microtask 4, cancel 2
    3: throw

`node_loop.js` runs it in Node and `Tests/LoopPrograms` on the loop. Both print a line for each call, and what the
handlers of errors and of the end are told, so two outputs are equal when everything was called in the same order.

Left out is what depends on the clock or differs by intent:

- Time passes after each timeout, so all that wait are due when the loop looks; never does one race another.
- A `stat` waits until its answer must be there, and the pool has one thread: answers come first in, first out.
- Nothing changes a timeout that was cancelled: in Node one that is refreshed, and was cancelled only after its call,
  keeps the program alive for another delay and calls nobody.
- Nothing throws or ends the program in `at-exit`: after a throw there Node's `process.exit` throws, too, and the
  program goes on; our `exit` has ended it by then.
"""

import difflib
import os
import random
import secrets
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

NODE_SIDE = Path(__file__).with_name("node_loop.js")
ONE_THREAD = os.environ | {"UV_THREADPOOL_SIZE": "1"}
FEW, MANY = range(200), range(1_000, 3_000)

# What a step may ask for, and how often it does compared with the others.
CALLS = {"tick": 2, "microtask": 2, "immediate": 2, "loose-immediate": 1, "timeout": 1, "long-timeout": 1,
         "loose-timeout": 1, "interval": 1}
STATS, SIGNALS = {"stat": 1}, {"signal": 1}
# What a step may do to what an earlier one has asked for.
CHANGES = {"cancel": 2, "refresh": 2, "ref": 1, "unref": 1}
MOST_CALLBACKS, DEEPEST = 28, 6


class Generator:
    """Makes one program, the same one for the same seed."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.names: list[str] = []
        self.program: dict[str, list[str]] = {"main": []}
        self.throws, self.ends = self.happens(0.5), self.happens(0.15)
        self.calls = CALLS | (STATS if self.happens(0.5) else {}) | (SIGNALS if self.happens(0.3) else {})

    def make(self) -> str:
        self.program["main"] = self.steps(self.random.randint(2, 6), depth=0)
        if self.throws and self.happens(0.85):
            self.program["uncaught"] = []
        if self.happens(0.5):
            for name in ("before-exit-1", "before-exit-2"):
                self.program[name] = self.callback(depth=3)
        if self.happens(0.3):
            self.throws = self.ends = False
            self.program["at-exit"] = self.callback(depth=5)
        # One without steps need not be named, but that there is an `uncaught` counts.
        return "\n".join(f"{name}: {', '.join(steps)}".rstrip() for name, steps in self.program.items()
                         if steps or name == "uncaught")

    def callback(self, depth: int) -> list[str]:
        """The steps of any callback but `main`."""
        if depth > DEEPEST:
            return []
        steps = self.steps(self.random.choice([0, 0, 1, 1, 2, 3]), depth)
        if self.throws and self.happens(0.15):
            steps.append("throw")
        elif self.ends and self.happens(0.06):
            steps.append("exit")
        return steps

    def steps(self, count: int, depth: int) -> list[str]:
        steps = []
        for _ in range(count):
            if self.happens(0.03):
                steps.append("set-exit-code")
            elif self.names and self.happens(0.28):
                steps.append(f"{self.one_of(CHANGES)} {self.random.choice(self.names)}")
            elif len(self.names) < MOST_CALLBACKS:
                name = str(len(self.names) + 1)
                self.names.append(name)
                steps.append(f"{self.one_of(self.calls)} {name}")
                self.program[name] = []
                self.program[name] = self.callback(depth + 1)
        return steps

    def one_of(self, weights: dict[str, int]) -> str:
        return self.random.choices(list(weights), list(weights.values()))[0]

    def happens(self, probability: float) -> bool:
        return self.random.random() < probability


@pytest.fixture(scope="module")
def node() -> str:
    node = shutil.which("node") or pytest.skip("Node is not installed")
    version = subprocess.check_output([node, "--version"], text=True)
    return node if version.startswith("v20.") else pytest.skip(f"Node 20 is wanted, and this is {version}")


def lines(*command) -> list[str]:
    answer = subprocess.run(command, env=ONE_THREAD, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                            timeout=60)
    return [*answer.stdout.splitlines(), f"[exit {answer.returncode}]"]


def difference(node: str, loop_programs: str, seed: int) -> str:
    """The program of `seed` and where the two outputs differ; empty where they do not."""
    program = Generator(seed).make()
    in_node, on_the_loop = lines(node, NODE_SIDE, program), lines(loop_programs, program)
    if in_node == on_the_loop:
        return ""
    marked = difflib.unified_diff(in_node, on_the_loop, "Node", "the loop", lineterm="", n=100)
    return "\n".join([f"The program of seed {seed}:", program, *marked])


@pytest.mark.parametrize("seeds", [FEW, pytest.param(MANY, marks=pytest.mark.slow)], ids=["few", "many"])
def test_a_program_calls_in_the_same_order_as_in_node(node, loop_programs, seeds):
    seeds = [*seeds, secrets.randbits(32)]
    # More than the machine has cores: half of the time they let time pass.
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda seed: difference(node, loop_programs, seed), seeds)
        differences = [difference for difference in found if difference]
    assert not differences, "\n\n".join(differences)


def test_a_seed_makes_one_program():
    programs = {Generator(seed).make() for seed in FEW for _ in range(2)}
    assert len(programs) == len(FEW)
    steps = {words.split()[0] for program in programs for line in program.splitlines()
             for words in line.split(":")[1].split(",") if words.strip()}
    assert steps == {*CALLS, *STATS, *SIGNALS, *CHANGES, "throw", "exit", "set-exit-code"}
