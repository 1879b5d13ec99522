"""How our outcome differs from Node's, and the list of the differences that are meant."""

import re
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from .conversations import Answer, Outcome

# Never meant: we read something else.
FAULTS = {"differs"}
# Meant only where a rule says of which bytes: we read what Node refuses, or keep a connection that Node ends.
LAX = {"laxer", "stays open"}


@dataclass(frozen=True)
class Difference:
    kind: str
    # What each of them does where they part: why it refuses, or what it does in place of that.
    ours: str
    node: str


@dataclass(frozen=True)
class Rule:
    """A difference that is meant."""
    kind: str
    because: str
    ours: str = ".*"
    node: str = ".*"
    # What an input must hold for the rule to fit.
    where: str = ""

    def fits(self, difference: Difference, message: bytes) -> bool:
        return (difference.kind == self.kind and re.fullmatch(self.ours, difference.ours) is not None
                and re.fullmatch(self.node, difference.node) is not None
                and re.search(self.where.encode("latin-1"), message, re.DOTALL) is not None)


def all_rules() -> list[Rule]:
    """The rules of `differences.txt`: a line a key, a blank line between two rules."""
    text = re.sub(r"^#.*\n", "", (Path(__file__).parent / "differences.txt").read_text(), flags=re.MULTILINE)
    return [Rule(**dict(line.split(maxsplit=1) for line in rule.splitlines()))
            for rule in re.split(r"\n{2,}", text.strip()) if rule]


def difference(ours: Outcome, node: Outcome) -> Difference | None:
    """Where the two part; None where they do not."""
    pairs = list(zip_longest(steps(ours), steps(in_utf8(node)), fillvalue="nothing"))
    for index, (mine, other) in enumerate(pairs):
        if essence(mine) == essence(other):
            continue
        found = Difference(kind(*zip(*pairs[index:])), words(mine), words(other))
        # Behind this kind the rest has to be the same.
        return found.kind == "no 100" and difference(ours, without(index, node)) or found
    return None


def steps(outcome: Outcome) -> list:
    return [*outcome.answers, "open" if outcome.is_open else "closed", *outcome.last_answers]


def without(index: int, outcome: Outcome) -> Outcome:
    """Without the answer that is the step with this index."""
    early, late = list(outcome.answers), list(outcome.last_answers)
    if index < len(early):
        del early[index]
    else:
        del late[index - len(early) - 1]
    return Outcome(tuple(early), outcome.is_open, tuple(late))


def kind(ours: tuple, node: tuple) -> str:
    """What the first of our steps is beside the first of Node's."""
    mine, other = ours[0], node[0]
    if is_refusal(mine) and is_refusal(other):
        return "other status"
    if is_refusal(mine) or status(mine) == 417:
        return "sooner" if is_refusal(next_word(node)) else "stricter"
    if mine == "closed" or mine == "nothing" and is_refusal(other):
        return "closes"
    if other == "closed":
        return "stays open"
    if is_refusal(other):
        return "later" if is_refusal(next_word(ours)) else "laxer"
    if is_tunnel(next_word(node)) and not is_tunnel(next_word(ours)):
        return "no upgrade"
    if status(other) == 100 and has_no_body(mine):
        return "no 100"
    return "differs"


def next_word(side: tuple):
    """The first answer that the body, or its end, has decided."""
    return next((step for step in side if status(step) not in (None, 100, 417)), None)


def has_no_body(step) -> bool:
    return isinstance(step, Answer) and step.reading.get("body") == ""


def essence(step):
    """What has to be the same: of a refusal, the status."""
    return (step.status, step.reading) if isinstance(step, Answer) else step


def is_refusal(step) -> bool:
    return isinstance(step, Answer) and step.reason != ""


def status(step) -> int | None:
    return step.status if isinstance(step, Answer) else None


def is_tunnel(step) -> bool:
    return isinstance(step, Answer) and step.reading.get("isTunnel", False)


def words(step) -> str:
    if not isinstance(step, Answer):
        return step
    return step.reason or f"{step.status} {step.reading.get('method', '')}".strip()


def in_utf8(outcome: Outcome) -> Outcome:
    """Node shows heads as Latin-1 where we show them as UTF-8."""
    return Outcome(tuple(map(answer_in_utf8, outcome.answers)), outcome.is_open,
                   tuple(map(answer_in_utf8, outcome.last_answers)))


def answer_in_utf8(answer: Answer) -> Answer:
    reading = {key: value if key == "body" else text_in_utf8(value) for key, value in answer.reading.items()}
    return Answer(answer.status, reading, answer.reason)


def text_in_utf8(value):
    if isinstance(value, list):
        return [text_in_utf8(element) for element in value]
    return value.encode("latin-1").decode("utf-8", "replace") if isinstance(value, str) else value
