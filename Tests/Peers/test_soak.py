"""A crowd comes, twice: when it has gone the server holds what it held before."""

import concurrent.futures
import os
import sys

import pytest

from client import Client
from crowd import let_in, seed_of_the_run
from queue_client import STORES, Queue, store_at, until

pytestmark = [pytest.mark.skipif(sys.platform != "linux", reason="needs Linux"),
              pytest.mark.plain_only("the crowd speaks no TLS"),
              pytest.mark.no_redis("it starts servers with each of the other stores")]
# In all: scripts/test.sh --full asks for an hour.
SECONDS = float(os.environ.get("SOAK_SECONDS", 24))
MEBIBYTE = 1 << 20


class Soaked:
    """A server, and what it holds when it has no clients."""

    def __init__(self, server):
        self.server, self.client = server, Client(server)

    def live(self) -> dict:
        return self.client.json("/tasks/system/memory")["live"]

    def rest(self) -> None:
        """Deletes what the crowd has left, and waits until the server has seen that it has gone."""
        while tasks := self.client.json("/tasks?limit=1000"):
            for task in tasks:
                assert self.client.ask("DELETE", f"/tasks/{task['id']}").status in (204, 404)
        assert self.client.ask("POST", "/tasks/memory/clear").status == 200
        until(lambda: self.live()["connections"] == 1, 60, "connections are left")

    def held(self) -> dict:
        """The handles of the loop, by the one connection that asks, and the descriptors."""
        return self.live() | {"descriptors": until(self.descriptors_alone)}

    def descriptors_alone(self) -> int:
        """The descriptors when no connection is left."""
        sizes = {self.server.descriptors() for _ in range(50)}
        return sizes.pop() if len(sizes) == 1 else 0


def soak(program, store: str, folder, seed: str) -> None:
    with program.start("--store", store_at(store, folder), "--history", "1000") as server:
        soaked = Soaked(server)
        before, sizes = soaked.held(), []
        for number in range(2):
            done = let_in(server.port, f"{seed}-{store}-{number}", SECONDS / 2)
            soaked.rest()
            sizes.append(server.resident_bytes() / MEBIBYTE)
            print(f"{store}, round {number + 1}: {done.total()} things, {dict(done)}, {sizes[-1]:.1f} MiB")
            until(lambda: soaked.held() == before, 30, f"other than {before}")
            assert len(done) > 8 and done["gone"] < done.total() / 2, done
        # What malloc keeps differs by some blocks from round to round.
        assert sizes[1] <= sizes[0] + 6, sizes
        queue = Queue(server)
        queue.add("after")
        assert queue.complete(queue.take("after"))


def test_a_crowd_leaves_nothing_behind(taskflow_program, tmp_path):
    seed = seed_of_the_run()
    print(f"SOAK_SEED={seed}")
    folders = {store: tmp_path / store for store in STORES}
    for folder in folders.values():
        folder.mkdir()
    with concurrent.futures.ProcessPoolExecutor(len(STORES)) as pool:
        for soaking in [pool.submit(soak, taskflow_program, store, folder, seed) for store, folder in folders.items()]:
            soaking.result()
