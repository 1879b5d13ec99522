"""Programs of what libuv's threads do: files, jobs, names; and an address in numbers, which needs no thread.

The pool has one thread, and whoever asks for a piece of work lets time pass until the answer must be there: answers come
first in, first out, all in the next poll. The exception is a long job: it is the only one of its program, and takes a
thread for far longer than everything else together, so that the loop waits for nothing but it.
"""

from .loop import CALLS, CHANGES, Loop

WORK = {"stat": 2, "job": 2, "name": 1, "number": 2}
LONG = {"long-job": 1, "number": 1}


class Pool(Loop):
    def words(self):
        return CALLS | (LONG if self.happens(0.15) else WORK), CHANGES

    def one_of(self, weights):
        word = super().one_of(weights)
        if word == "long-job":
            self.calls = {call: weight for call, weight in self.calls.items() if call != word}
        return word

    @classmethod
    def all_words(cls):
        return {*CALLS, *WORK, *LONG, *CHANGES, *cls.WORDS}
