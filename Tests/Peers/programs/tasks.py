"""Programs of async functions: a task takes its steps one by one, and awaits something before some of them.

What is awaited is a turn of the microtask queue, a timeout, an immediate, a file, a job, or an address in numbers. An
error after an `await` is one of a promise.
"""

from .loop import CALLS, CHANGES, Loop

TASKS = {"task": 4}
WAITS = {"turn": 4, "check": 2, "timeout": 2, "number": 1, "stat": 1, "job": 1}


class Tasks(Loop):
    def words(self):
        return CALLS | TASKS, CHANGES

    def body(self, word, depth):
        steps = self.callback(depth)
        if word not in TASKS:
            return steps
        awaited = []
        for step in steps:
            awaited += [f"await {self.one_of(WAITS)}" for _ in range(self.random.choice([0, 1, 1, 2]))]
            awaited.append(step)
        return awaited

    @classmethod
    def all_words(cls):
        return {*CALLS, *TASKS, "await", *CHANGES, *cls.WORDS}
