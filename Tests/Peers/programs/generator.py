"""What all kinds of random programs share: callbacks that call callbacks, errors, ends."""

import random

MOST_CALLBACKS, DEEPEST = 28, 6


class Generator:
    """Makes one program, the same one for the same seed. A kind overrides the words."""

    # What a step may do at any time: `throw` and `exit` are drawn apart.
    WORDS = {"throw", "exit", "set-exit-code"}

    # How many of the steps change something that an earlier one has asked for.
    CHANGES = 0.28

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.names: list[str] = []
        self.program: dict[str, list[str]] = {"main": []}
        self.throws, self.ends = self.happens(0.5), self.happens(0.15)
        self.calls, self.changes = self.words()

    def words(self) -> tuple[dict[str, int], dict[str, int]]:
        """The words of this program that ask for a call of a new callback, and those that change what an earlier one
        has asked for; with each word how often it comes compared with the others."""
        raise NotImplementedError

    @classmethod
    def all_words(cls) -> set[str]:
        """Each word that some program of this kind has: a few hundred programs together have to have all."""
        raise NotImplementedError

    def make(self) -> str:
        self.program["main"] = self.main()
        if self.throws and self.happens(0.2):
            self.program["main"].append("throw")
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

    def main(self) -> list[str]:
        return self.steps(self.random.randint(2, 6), depth=0)

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
            elif self.names and self.happens(self.CHANGES):
                word = self.one_of(self.changes)
                steps.append(f"{word} {self.target(word)}")
            elif len(self.names) < MOST_CALLBACKS:
                steps.append(self.ask(self.calls, depth))
        return steps

    def ask(self, calls: dict[str, int], depth: int) -> str:
        """A step that asks for a call of a new callback, by one of the words of `calls`."""
        name = str(len(self.names) + 1)
        self.names.append(name)
        word = self.one_of(calls)
        self.program[name] = []
        self.program[name] = self.body(word, depth + 1)
        return f"{word} {name}"

    def target(self, change: str) -> str:
        """What `change` changes."""
        return self.random.choice(self.names)

    def body(self, word: str, depth: int) -> list[str]:
        """The steps of the callback that `word` asks for."""
        return self.callback(depth)

    def one_of(self, weights: dict[str, int]) -> str:
        return self.random.choices(list(weights), list(weights.values()))[0]

    def happens(self, probability: float) -> bool:
        return self.random.random() < probability
