"""Three servers on one Redis while servers and Redis are killed: what was answered is there, everywhere, once, in one order."""

import os
import random
import threading
import time

import pytest

from client import Client, wait_until_ready
from moving_readers import moving_readers
from queue_audit import audit
from queue_client import Queue, fence, new_name, until
from redis_server import RedisServer
from servers import Worker, Writer, started

# In all; `scripts/test.sh --full` has 200 of them.
ROUNDS = int(os.environ.get("SERVERS_ROUNDS", 20))
# Then a store begins anew: the tasks of all rounds before are compared at every server, again and again.
ROUNDS_OF_A_STORE = 20


class Load:
    """Clients of all kinds, spread over the servers."""

    def __init__(self, servers, writers: int, readers: int, workers: int, seed: int):
        self.servers, kind = servers, new_name("load")
        self.place = servers.agree()
        self.writers = [Writer(servers.ports, seed + number, kind) for number in range(writers)]
        self.workers = [Worker(servers.ports, seed + 100 + number, kind) for number in range(workers)]
        self.readers = moving_readers(servers.ports, self.place, readers, seed + 200, is_patient=True)
        for client in (*self.writers, *self.workers):
            client.start()

    def kept(self) -> int:
        return sum(len(writer.kept) for writer in self.writers)

    def finish(self) -> list[dict]:
        """Ends the clients, and gives what the log has of them, when all servers have it."""
        for client in (*self.writers, *self.workers):
            client.finish()
        end = self.servers.agree()
        for reader in self.readers:
            reader.last = end[1] + 1
        # It wakes those that wait.
        Client(self.servers[0]).create("the last one")
        for reader in self.readers:
            reader.finish()
        return self.servers.log(*self.place)

    def check(self) -> None:
        log = self.finish()
        for writer in self.writers:
            writer.check(log)
        for reader in self.readers:
            seen = reader.take_events()
            # Leases that run out make more, behind those that it waits for.
            assert seen and all(one == other for one, other in zip(seen, log)), difference(seen, log)
            assert seen[-1]["seq"] == reader.seq >= reader.last
        self._check_work(log)

    def _check_work(self, log: list[dict]) -> None:
        histories = audit(log)
        assert all(history.completions <= 1 for history in histories.values()), "a task was completed twice"
        ends = {event["task"]["id"]: event for event in log if event.get("cause") == "completed"}
        completed: dict[str, int] = {}
        for worker in self.workers:
            for id, number in worker.completed.items():
                assert id in ends, f"the completion of {id} was answered, and is not there"
                assert completed.setdefault(id, number) == number, f"{id} was completed by two fences"
                assert histories[id].fence == number, f"{id} was completed by {number} and leased as {histories[id].fence}"


def difference(seen: list[dict], log: list[dict]) -> str:
    for index, (one, other) in enumerate(zip(seen, log)):
        if one != other:
            return f"entry {index}: a reader has seen {one}, and the log has {other}"
    return f"a reader has seen {len(seen)} events, and the log has {len(log)}"


def kill_at_random(redis: RedisServer, servers, chance: random.Random) -> str:
    victim = chance.choice(["redis", *servers])
    if victim == "redis":
        # Until it has written its file anew, half a transaction of before may be in it; and with `everysec` what it writes
        # may wait for a disk that is slow: docs/scale.md.
        until(lambda: redis.info("aof_rewrite_in_progress") == redis.info("aof_pending_bio_fsync") == "0")
        redis.kill()
        threading.Event().wait(chance.choice([0, 0, 0.5]))  # How long it is gone is what is random.
        redis.start()
        return "Redis"
    victim.kill()
    assert victim.start_again()
    return f"the server at {victim.port}"


def rounds(program, folder, fsync: str, count: int, clients: tuple[int, int, int]) -> None:
    seed = random.randrange(1 << 30)
    print(f"seed {seed}")
    chance = random.Random(seed)
    with RedisServer(folder, fsync=fsync) as redis, started(program, redis) as servers:
        for number in range(count):
            load = Load(servers, *clients, seed + 1_000 * number)
            before = time.monotonic()
            some = chance.randint(5, 200)
            until(lambda: load.kept() >= some)
            threading.Event().wait(chance.uniform(0, 0.5))  # When it comes is what is random.
            victim = kill_at_random(redis, servers, chance)
            servers.wait()
            enough = load.kept() + 20
            until(lambda: load.kept() >= enough)
            load.check()
            print(f"round {number}: {load.kept()} tasks over the end of {victim}, {time.monotonic() - before:.1f} s")


@pytest.mark.parametrize("fsync", ["always", "everysec"])
def test_every_answer_is_true_at_every_server_when_any_is_killed(taskflow_program, tmp_path, fsync):
    # The machine does not end: what Redis has written before it is killed is in its file, also with `everysec`.
    rounds(taskflow_program, tmp_path, fsync, 3, (6, 6, 3))


@pytest.mark.slow
@pytest.mark.parametrize("fsync", ["always", "everysec"])
def test_so_it_is_again_and_again_with_many_clients(taskflow_program, tmp_path, fsync):
    for number in range(0, ROUNDS, ROUNDS_OF_A_STORE):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        rounds(taskflow_program, folder, fsync, min(ROUNDS - number, ROUNDS_OF_A_STORE), (24, 24, 6))


def test_the_tasks_of_a_dead_server_are_claimed_within_the_lease_and_ten_seconds(taskflow_program, tmp_path):
    with RedisServer(tmp_path) as redis, started(taskflow_program, redis) as servers:
        dying, other = Queue(servers[0]), Queue(servers[1])
        made = [other.add("a", lease=5) for _ in range(4)]
        until(lambda: len(dying.json("/tasks")) == 4)
        held = dying.claim("a", limit=2) + other.claim("a", limit=2)
        assert {task["id"] for task in held} == {task["id"] for task in made}
        renewed = time.monotonic()
        other.renew(held[0])  # Also where another server gave it the lease.
        servers[0].kill()
        before = {task["id"]: task for task in held}
        while before:
            for again in other.claim("a", limit=4, wait=20):
                task, after = before.pop(again["id"]), time.monotonic() - renewed
                print(f"claimed again after {after:.1f} s")
                assert 4.9 <= after <= 15.5 and fence(again) > fence(task), after
                assert other.lost("complete", task)["fence"] == fence(again)
        servers[0].start_again()
        wait_until_ready(servers[0])
        servers.agree()
