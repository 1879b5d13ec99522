"""Random programs of callbacks print the same lines in Node as on our loop.

The exercises ask about one rule each; the rules meet in programs that no person would write. `programs/` draws them;
`programs/run.js` runs one in Node and `Tests/LoopPrograms` on the loop. Both print a line for each call, and what the
handlers of errors and of the end are told, so two outputs are equal when everything was called in the same order.
"""

import difflib
import os
import secrets
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from programs import KINDS

# Where Node cleans its young heap up is a callback of its own, behind which its queues drain: so large a one needs it not.
NODE_SIDE = ["--min-semi-space-size=16", Path(__file__).parent / "programs" / "run.js"]
ONE_THREAD = os.environ | {"UV_THREADPOOL_SIZE": "1"}
FEW, MANY = range(200), range(1_000, 3_000)


@pytest.fixture(scope="module")
def node() -> str:
    node = shutil.which("node") or pytest.skip("Node is not installed")
    version = subprocess.check_output([node, "--version"], text=True)
    return node if version.startswith("v20.") else pytest.skip(f"Node 20 is wanted, and this is {version}")


def lines(*command) -> list[str]:
    answer = subprocess.run(command, env=ONE_THREAD, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                            timeout=60)
    return [*answer.stdout.splitlines(), f"[exit {answer.returncode}]"]


def difference(node: str, loop_programs: str, kind: str, seed: int) -> str:
    """The program of `seed` and where the two outputs differ; empty where they do not."""
    program = KINDS[kind](seed).make()
    # Again where they differ: a machine under load may hold a thread back for longer than the time that passes for it,
    # on either side. A rule that is not the same shows every time.
    seen_in_node, seen_on_the_loop = set(), set()
    for _ in range(5):
        in_node, on_the_loop = lines(node, *NODE_SIDE, program), lines(loop_programs, program)
        seen_in_node.add("\n".join(in_node))
        seen_on_the_loop.add("\n".join(on_the_loop))
        if seen_in_node & seen_on_the_loop:
            return ""
    marked = difflib.unified_diff(in_node, on_the_loop, "Node", "the loop", lineterm="", n=100)
    return "\n".join([f"The program of kind {kind}, seed {seed}:", program, *marked])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seeds", [FEW, pytest.param(MANY, marks=pytest.mark.slow)], ids=["few", "many"])
def test_a_program_calls_in_the_same_order_as_in_node(node, loop_programs, kind, seeds):
    # The kinds share the number, so that one more does not make the run longer.
    seeds = [*seeds[::len(KINDS)], secrets.randbits(32)]
    # More than the machine has cores: half of the time they let time pass.
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda seed: difference(node, loop_programs, kind, seed), seeds)
        differences = [difference for difference in found if difference]
    assert not differences, "\n\n".join(differences)


@pytest.mark.parametrize("kind", KINDS.values())
def test_a_seed_makes_one_program(kind):
    programs = [kind(seed).make() for seed in FEW]
    assert programs == [kind(seed).make() for seed in FEW]
    assert len(set(programs)) > 0.9 * len(FEW)
    steps = {words.split()[0] for program in programs for line in program.splitlines()
             for words in line.split(":")[1].split(",") if words.strip()}
    assert steps == kind.all_words()
