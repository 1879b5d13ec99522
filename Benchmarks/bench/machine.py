"""The cores that a run may use: the server and its load each have one, so that neither takes the other's time.

With one core alone they share it, and the time of the server still counts.
"""

import os
from contextlib import contextmanager

_allowed = sorted(os.sched_getaffinity(0))
SERVER_CORE = _allowed[0]
LOAD_CORE = _allowed[1] if len(_allowed) > 1 else _allowed[0]


@contextmanager
def on_load_core():
    """Keeps this process to the core of the load, for a load that it makes itself."""
    os.sched_setaffinity(0, {LOAD_CORE})
    try:
        yield
    finally:
        os.sched_setaffinity(0, _allowed)
