"""Scenes that mostly wait: those of a module are played at the same time, so that it takes as long as its longest one."""

import concurrent.futures
import contextlib
from pathlib import Path

from queue_client import STORES, Queue, store_at


class Stage:
    """The scenes of a module: functions that are given a client of a server of the module, on which all of them play."""

    def __init__(self, *flags: str):
        self.flags, self.scenes = flags, {}

    def scene(self, function):
        self.scenes[function.__name__] = function
        return function

    @contextlib.contextmanager
    def play(self, program, folder: Path):
        """Begins all of them, on a server for each kind of store; what comes of each, by store and name."""
        with contextlib.ExitStack() as stack:
            servers = {store: stack.enter_context(program.start("--store", store_at(store, folder), *self.flags))
                       for store in STORES}
            pool = stack.enter_context(concurrent.futures.ThreadPoolExecutor(len(STORES) * len(self.scenes)))
            yield {(store, name): pool.submit(scene, Queue(server))
                   for store, server in servers.items() for name, scene in self.scenes.items()}
