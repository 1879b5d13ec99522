"""Programs of sockets that are paused, ended, broken and written to, both ends in one process.

`connect 3` opens a connection; 3 is called when the server has accepted it, and then the accepted socket is what the
words below are about. What it hears is said: `3 data 100`, `3 end`, `3 error`, `3 close false`. The other end is silent.

Left out is what depends on the clock or differs by intent:

- An open socket does not keep the program alive; the turns that its peer takes do.
- One connection is under way at a time, so the order in which the system reports two of them does not count.
- The peer acts in a callback of its own, after what it did before has arrived: `peer-` words take turns of the loop.
- Nothing is destroyed inside a `data` callback: Node hands on what was read ahead even so.
"""

from .generator import Generator

CALLS = {"connect": 3, "tick": 2, "microtask": 1, "immediate": 2, "listen": 1, "close-server": 1}
CHANGES = {"pause": 3, "resume": 3, "read": 1, "write": 2, "end": 2, "destroy": 1, "fail": 1,
           "peer-send": 4, "peer-send-much": 2, "peer-end": 3, "peer-reset": 2}


class Sockets(Generator):
    def words(self):
        return CALLS, CHANGES

    @classmethod
    def all_words(cls):
        return {*CALLS, *CHANGES, *cls.WORDS}
