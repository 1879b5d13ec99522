"""Our HTTP server and Node's make the same of the same bytes, or `like_node/differences.txt` says why not.

Both servers answer with what they have read: at once, or as the path asks them to, early, late, or in pieces. The
inputs are those of `like_node/inputs`: alone, between two good requests of one connection, and spoiled at random. Ours
must make the same of them however they are cut.
"""

import secrets
import shutil
import subprocess
from pathlib import Path

import pytest

from like_node.comparison import FAULTS, LAX, all_rules, difference
from like_node.conversations import Answer, Conversations, Outcome
from like_node.inputs import all_inputs
from like_node.mutations import Mutator
from server import Program
from wire import head

NODE_SIDE = Path(__file__).parent / "like_node" / "mirror.js"
INPUTS, RULES = all_inputs(), all_rules()
# Longer inputs are the same many times over: they are cut here and there.
SHORT = 400
AT_A_TIME, FEW, MANY = 2_000, 1, 50


@pytest.fixture(scope="module")
def node():
    node = shutil.which("node") or pytest.skip("Node is not installed")
    version = subprocess.check_output([node, "--version"], text=True)
    if not version.startswith("v20."):
        pytest.skip(f"Node 20 is wanted, and this is {version}")
    with Program("node", str(NODE_SIDE), "/").start() as server:
        yield Conversations(server, takes_one_by_one=True)


@pytest.fixture(scope="module")
def ours(http_mirror):
    with http_mirror.start() as server:
        yield Conversations(server)


def alone(message: bytes) -> bytes:
    return message


def between(message: bytes) -> bytes:
    return head("GET", "/before") + message + head("GET", "/behind")


def differences(ours, node, messages: list[bytes]):
    """The messages of which the two make something else, and where they part."""
    pieces = [[message] for message in messages]
    for message, mine, other in zip(messages, ours.outcomes(pieces), node.outcomes(pieces)):
        found = difference(mine, other)
        if found and not is_meant(found, message):
            # Again, with more time: a loaded machine may have been asked too early.
            found = difference(ours.outcome([message]), node.outcome([message]))
        if found:
            yield message, found


def is_meant(found, message: bytes) -> bool:
    return any(rule.fits(found, message) for rule in RULES)


def assert_meant(found) -> None:
    faults = [f"{one.kind}: {one.ours!r}, Node: {one.node!r}: {message[:2_000]!r}"
              for message, one in found if not is_meant(one, message)]
    assert not faults, "\n".join(faults)


@pytest.fixture(scope="module")
def found(ours, node):
    """What the inputs show, alone and between others."""
    return list(differences(ours, node, [place(one.bytes) for place in (alone, between) for one in INPUTS]))


def test_there_are_many_inputs_and_no_two_are_the_same():
    assert len({one.bytes for one in INPUTS}) == len({one.name for one in INPUTS}) == len(INPUTS) > 1_000


GO_ON, NO_BODY = Answer(100, {}), Answer(200, {"method": "GET", "body": "", "trailers": []})
READ, OTHER = (Answer(200, {"method": "GET", "url": url, "trailers": [["A", "b"]]}) for url in ("/", "/other"))
LESS = Answer(200, READ.reading | {"trailers": []})
REFUSED, TOO_LARGE = Answer(400, {}, "a reason"), Answer(431, {}, "another")


@pytest.mark.parametrize("kind, ours, node", [
    (None, Outcome((READ,), True), Outcome((READ,), True)),
    (None, Outcome((REFUSED,), False), Outcome((Answer(400, {}, "in other words"),), False)),
    ("differs", Outcome((READ,), True), Outcome((OTHER,), True)),
    ("differs", Outcome((READ, READ), True), Outcome((READ,), True)),
    ("differs", Outcome((READ,), True), Outcome((LESS,), True)),
    ("differs", Outcome((LESS,), True), Outcome((READ,), True)),
    ("differs", Outcome((READ,), True), Outcome((Answer(100, {}), OTHER), True)),
    ("no 100", Outcome((NO_BODY,), True), Outcome((GO_ON, NO_BODY), True)),
    ("no 100", Outcome((GO_ON, READ, NO_BODY), True), Outcome((GO_ON, READ, GO_ON, NO_BODY), True)),
    ("no 100", Outcome((READ,), True, (NO_BODY,)), Outcome((READ,), True, (GO_ON, NO_BODY))),
    ("laxer", Outcome((READ,), True), Outcome((REFUSED,), False)),
    ("laxer", Outcome((), True), Outcome((REFUSED,), False)),
    ("stays open", Outcome((READ,), True), Outcome((READ,), False)),
    ("closes", Outcome((READ,), False), Outcome((READ,), True)),
    ("stricter", Outcome((REFUSED,), False), Outcome((READ,), True)),
    ("sooner", Outcome((REFUSED,), False), Outcome((), True, (REFUSED,))),
    ("later", Outcome((), True, (REFUSED,)), Outcome((REFUSED,), False)),
    ("other status", Outcome((REFUSED,), False), Outcome((TOO_LARGE,), False)),
])
def test_what_is_not_the_same_is_seen(kind, ours, node):
    found = difference(ours, node)
    assert (found.kind if found else None) == kind


def test_an_input_is_read_as_node_reads_it(found):
    assert_meant(found)


def test_each_difference_on_the_list_is_needed_and_none_is_a_fault(found):
    needed = {next((rule for rule in RULES if rule.fits(one, message)), None) for message, one in found}
    assert [rule for rule in RULES if rule not in needed] == []
    assert [rule for rule in RULES if rule.kind in FAULTS or rule.kind in LAX and not rule.where] == []


def cuts(message: bytes) -> list[list[bytes]]:
    count = len(message)
    places = range(1, count) if count <= SHORT else [*range(1, 20), *range(97, count, count // 16)]
    return [[message[:place], message[place:]] for place in places]


def assert_same(ours, messages: list[list[bytes]]) -> None:
    """Each message in its pieces becomes what it becomes whole."""
    texts = {b"".join(pieces) for pieces in messages}
    whole = dict(zip(texts, ours.outcomes([[text] for text in texts])))
    differing = [pieces for pieces, outcome in zip(messages, ours.outcomes(messages))
                 if outcome != whole[b"".join(pieces)] and ours.outcome([b"".join(pieces)]) != ours.outcome(pieces)]
    assert not differing


def test_an_input_cut_at_any_byte_is_read_the_same(ours):
    assert_same(ours, [pieces for one in INPUTS for pieces in cuts(one.bytes)])


def test_an_input_in_single_bytes_is_read_the_same(ours):
    assert_same(ours, [[bytes([byte]) for byte in one.bytes] for one in INPUTS if len(one.bytes) <= SHORT])


@pytest.mark.parametrize("rounds", [FEW, pytest.param(MANY, marks=pytest.mark.slow)], ids=["few", "many"])
@pytest.mark.parametrize("seed", [1, secrets.randbits(32)], ids=["of always", "of today"])
def test_spoiled_inputs_are_read_as_node_reads_them(ours, node, seed, rounds):
    print(f"seed {seed}")
    mutator = Mutator(seed, [one.bytes for one in INPUTS if len(one.bytes) <= SHORT])
    for _ in range(rounds):
        messages = [mutator.next() for _ in range(AT_A_TIME)]
        assert_meant(differences(ours, node, messages))
        assert_same(ours, [mutator.cut(message) for message in messages])
