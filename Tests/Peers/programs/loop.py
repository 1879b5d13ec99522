"""Programs of ticks, microtasks, immediates, timers, files and signals.

Left out is what depends on the clock or differs by intent:

- Time passes after each timeout, so all that wait are due when the loop looks; never does one race another.
- A `stat` waits until its answer must be there, and the pool has one thread: answers come first in, first out.
- Nothing changes a timeout that was cancelled: in Node one that is refreshed, and was cancelled only after its call,
  keeps the program alive for another delay and calls nobody.
- Nothing throws or ends the program in `at-exit`: after a throw there Node's `process.exit` throws, too, and the
  program goes on; our `exit` has ended it by then.
"""

from .generator import Generator

CALLS = {"tick": 2, "microtask": 2, "immediate": 2, "loose-immediate": 1, "timeout": 1, "long-timeout": 1,
         "loose-timeout": 1, "interval": 1}
STATS, SIGNALS = {"stat": 1}, {"signal": 1}
CHANGES = {"cancel": 2, "refresh": 2, "ref": 1, "unref": 1}


class Loop(Generator):
    def words(self):
        return CALLS | (STATS if self.happens(0.5) else {}) | (SIGNALS if self.happens(0.3) else {}), CHANGES

    @classmethod
    def all_words(cls):
        return {*CALLS, *STATS, *SIGNALS, *CHANGES, *cls.WORDS}
