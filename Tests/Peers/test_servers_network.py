"""Servers on one Redis of which one has a bad way there: what it answers is true, it does not spin, and the others go on."""

import concurrent.futures
import contextlib
import json
import random
import threading
import time

import pytest
from websockets.sync.client import connect

from client import ADMIN, Client, wait_until_ready
from contract import assert_error
from moving_readers import moving_readers
from network import Way
from queue_client import until
from redis_server import RedisServer
from servers import Servers, Writer


@pytest.fixture
def redis(tmp_path):
    with RedisServer(tmp_path) as server:
        yield server


@contextlib.contextmanager
def far_and_near(program, redis: RedisServer, *ways: Way):
    """A server at the end of each way, and one behind them that has Redis beside it."""
    with contextlib.ExitStack() as stack:
        for way in ways:
            stack.enter_context(way)
        yield stack.enter_context(Servers(program, [*(way.address() for way in ways), redis.address()]))


class Load:
    """Writers at each server, and readers anywhere."""

    def __init__(self, servers: Servers, writers: int = 3, readers: int = 4, *, are_patient: bool = True,
                 place: tuple[str, int] | None = None):
        self.servers, self.place = servers, place or servers.agree()
        seed = random.randrange(1 << 30)
        print(f"seed {seed}")
        self.chance = random.Random(seed)
        self.writers = [[Writer([port], seed + number) for number in range(writers)] for port in servers.ports]
        self.readers = moving_readers(servers.ports, self.place, readers, seed + 100, are_patient)
        for writer in self._all():
            writer.start()

    def _all(self) -> list[Writer]:
        return sum(self.writers, [])

    def kept(self, server: int) -> int:
        return sum(len(writer.kept) for writer in self.writers[server])

    def refused(self, server: int) -> int:
        return sum(len(writer.refused) for writer in self.writers[server])

    def unknown(self, server: int) -> int:
        return sum(len(writer.unknown) for writer in self.writers[server])

    def go_on(self, server: int, more: int = 30, seconds: float = 30) -> float:
        """Waits until that server has kept some more; in which time."""
        begin, enough = time.monotonic(), self.kept(server) + more
        until(lambda: self.kept(server) >= enough, seconds, f"server {server} does not go on")
        return time.monotonic() - begin

    def check(self) -> None:
        """Ends the load: each answer was true, and each reader has seen the log."""
        self.servers.wait()
        for writer in self._all():
            writer.finish()
        end = self.servers.agree()
        for reader in self.readers:
            reader.last = end[1] + 1
        Client(self.servers[len(self.servers) - 1]).create("the last one")
        for reader in self.readers:
            reader.finish()
        log = self.servers.log(*self.place)
        for writer in self._all():
            writer.check(log)
        assert all(reader.take_events() == log[:reader.seq - self.place[1]] for reader in self.readers)


# --- A way that is bad -----------------------------------------------------------------------------------------------

def test_a_slow_way_and_one_that_drips_lose_nothing(taskflow_program, redis):
    slow, dripping = Way(redis.path), Way(redis.path)
    with far_and_near(taskflow_program, redis, slow, dripping) as servers:
        # The proxy has a turn of its loop for each piece: smaller ones than this are too slow for what the others write.
        slow.delay, dripping.drip = 0.05, 40
        load = Load(servers, are_patient=False)
        print([f"{load.go_on(server, 20):.1f} s" for server in range(3)])
        slow.delay, dripping.drip = 0, None
        load.check()
        assert load.refused(0) == load.unknown(0) == 0 and load.refused(1) == load.unknown(1) == 0


@pytest.mark.parametrize("rounds", [8, pytest.param(150, marks=pytest.mark.slow)])
def test_what_is_answered_when_the_way_breaks_anywhere_is_true(taskflow_program, redis, rounds):
    way = Way(redis.path)
    with far_and_near(taskflow_program, redis, way) as servers:
        load = Load(servers)
        for number in range(rounds):
            load.go_on(0, load.chance.randint(1, 40))
            if number % 2:
                way.fuse = load.chance.randint(1, 400)  # Amid a reply.
                until(lambda: way.fuse is None)
            else:
                way.cut()
            load.go_on(1, 5, 3)
        load.go_on(0)
        load.check()
        print(f"{load.kept(0)} kept, {load.refused(0)} refused, {load.unknown(0)} unknown")


def test_what_is_answered_when_one_direction_is_silent_is_true(taskflow_program, redis):
    """Whatever Redis does not hear is not kept, whatever it does not answer is; and after ten seconds that is not known."""
    deaf, mute = Way(redis.path), Way(redis.path)
    with far_and_near(taskflow_program, redis, deaf, mute) as servers, concurrent.futures.ThreadPoolExecutor() as pool:
        place, mute.swallowed = servers.agree(), "down"
        asked = pool.submit(Client(servers[1]).ask, "POST", "/tasks", {"title": "kept, and not answered"})
        until(lambda: "kept, and not answered" in Client(servers[2]).get("/tasks").body.decode())
        load = Load(servers, place=place)
        load.go_on(0), load.go_on(2)
        deaf.swallowed = "up"
        slowest = max(load.go_on(2, 5, 5) for _ in range(10))
        assert_error(asked.result(), 503, "OUTCOME_UNKNOWN")
        until(lambda: load.unknown(0), 30)
        for server in servers[0], servers[1]:
            until(lambda: Client(server).get("/ready").status == 503)
        assert len(Client(servers[0]).json("/tasks")) > 30
        load.go_on(2, 5, 5)
        deaf.heal(), mute.heal()
        load.go_on(0), load.go_on(1)
        load.check()
        print(f"{[(load.kept(n), load.refused(n), load.unknown(n)) for n in range(3)]}, slowest beside it {slowest:.2f} s")


def test_while_redis_is_out_of_reach_no_server_spins(taskflow_program, redis):
    silent, closed, gone = Way(redis.path), Way(redis.path), Way(redis.path)
    with far_and_near(taskflow_program, redis, silent, closed, gone) as servers:
        made = Client(servers[3]).create("kept")
        servers.agree()
        silent.swallowed, closed.is_closed = "down", True
        closed.cut()
        redis.kill()
        # From here on each has a Redis that is dead in a way of its own.
        before = [(server.cpu_seconds(), iterations(server)) for server in servers]
        threading.Event().wait(5)  # The time in which a loop that spins would be busy.
        for server, (cpu, turns) in zip(servers, before):
            spent, turned = server.cpu_seconds() - cpu, iterations(server) - turns
            print(f"{spent:.2f} s of the processor, {turned} iterations")
            assert spent < 0.2 and turned < 500
        assert closed.connections < 30
        redis.start()
        for way in silent, closed, gone:
            way.heal()
        servers.wait()
        for server in servers:
            Client(server).create("kept again")
        servers.agree()
        assert made["id"] in {task["id"] for task in Client(servers[0]).json("/tasks")}


def iterations(server) -> int:
    return Client(server).json("/tasks/system/loop")["iterations"]


# --- A way that is long -----------------------------------------------------------------------------------------------

def test_a_server_that_is_ten_times_as_far_does_not_starve(taskflow_program, redis):
    far, near = Way(redis.path), Way(redis.path)
    with far_and_near(taskflow_program, redis, far, near) as servers:
        far.delay, near.delay = 0.01, 0.001
        load = Load(servers, writers=4, readers=0)
        for writer in load.writers.pop():
            writer.finish()
        kept = [load.kept(0), load.kept(1)]
        threading.Event().wait(4)  # The time over which the share is taken.
        of_far, of_near = load.kept(0) - kept[0], load.kept(1) - kept[1]
        slowest = max(writer.slowest for writer in load.writers[0])
        print(f"the far one kept {of_far} changes, the near one {of_near}: {of_far / (of_far + of_near):.0%}; {slowest=:.2f} s")
        # By their distances it would be 9 of 100 if neither were in the other's way.
        assert of_far > 0.03 * (of_far + of_near) and slowest < 3
        load.writers.append([])
        load.check()


def test_a_client_may_come_back_to_a_server_that_has_not_heard_of_all_it_has_seen(taskflow_program, redis):
    way = Way(redis.path)
    with far_and_near(taskflow_program, redis, way) as servers:
        far, near = Client(servers[0]), Client(servers[1])
        near.create("known to both")
        epoch, _ = servers.agree()
        way.delay = 0.5
        made = near.create("not known to the far one yet")
        seen = near.json("/events")["seq"]
        assert far.json("/events")["seq"] < seen
        url = f"ws://127.0.0.1:{servers[0].port}/ws/tasks?since={seen}&epoch={epoch}"
        with connect(url, additional_headers={"Authorization": f"Bearer {ADMIN}"}, proxy=None) as socket:
            greeting = json.loads(socket.recv(timeout=10))
            assert (greeting["recovered"], greeting["seq"]) == (True, seen), greeting
            near.change(made["id"], title="changed")
            event = json.loads(socket.recv(timeout=10))
            assert (event["event"], event["seq"]) == ("task.updated", seen + 1)
        way.delay = 0
        wait_until_ready(servers[0])
