"""A Redis that has forgotten what it had kept: emptied, older, written over, or a replica that had not all: servers go on."""

import contextlib
import time

import pytest

from client import Client, wait_until_ready
from mirror import Mirror
from network import Way
from queue_client import Queue, fence, until
from redis_server import RedisServer
from servers import Servers, Writer, shown, started


@pytest.fixture
def redis(tmp_path):
    with RedisServer(tmp_path) as server:
        yield server


class Scene:
    """Servers with tasks, a lease and mirrors, of which Redis forgets something."""

    def __init__(self, servers: Servers, stack: contextlib.ExitStack):
        self.servers = servers
        self.queues = [Queue(server) for server in servers]
        self.fences: list[int] = []
        self.mirrors = [stack.enter_context(Mirror(servers.ports, seed)) for seed in range(4)]
        self.before = servers.agree()

    def fill(self, *titles: str) -> list[str]:
        """Creates tasks, one of them a lease's, at one server after the other; waits until all know of it."""
        made = [self.queues[number % len(self.queues)].create(title)["id"] for number, title in enumerate(titles)]
        self.work(self.queues[0])
        self.settle()
        return made

    def settle(self) -> None:
        self.before = self.servers.agree()
        for mirror in self.mirrors:
            mirror.wait(self.before)

    def work(self, queue: Queue) -> dict:
        """A task is made, leased, and left; its fence is higher than each before."""
        queue.add("work", title="leased")
        task = queue.take("work")
        assert all(fence(task) > other for other in self.fences), (fence(task), self.fences)
        self.fences.append(fence(task))
        return task

    def check(self, *, lost: bool) -> set[str]:
        """All go on within ten seconds; the ids of the tasks that are there then."""
        end = time.monotonic() + 10
        if lost:
            # A Redis that was emptied without a break is found out by the next beat.
            until(lambda: all("another history" in server.output() for server in self.servers), 10)
        for server in self.servers:
            wait_until_ready(server, end - time.monotonic())
        epoch, seq = self.servers.agree()
        assert (epoch != self.before[0]) == lost and seq >= self.before[1]
        kept = set(shown(self.servers[0]))
        for number, queue in enumerate(self.queues):
            self.work(queue)
            queue.create(f"behind it {number}")
        for mirror in self.mirrors:
            place = self.servers.agree()
            mirror.wait(place)
            assert mirror.losses >= 1 if lost else mirror.losses == 0, mirror.greetings
            assert mirror.tasks == {id: (task["title"], task["status"]) for id, task in shown(self.servers[0]).items()}
        self.servers.log(epoch, seq)
        return kept


@contextlib.contextmanager
def scene(servers: Servers):
    with servers, contextlib.ExitStack() as stack:
        yield Scene(servers, stack)


# --- Lost, and nothing since ------------------------------------------------------------------------------------------

@pytest.mark.parametrize("how", ["under the servers", "while it is away"])
def test_a_redis_that_was_emptied(taskflow_program, redis, how):
    with scene(started(taskflow_program, redis)) as stage:
        stage.fill("a", "b", "c")
        redis.ask("FLUSHALL")
        if how == "while it is away":
            redis.kill()
            redis.start()
        assert stage.check(lost=True) == set()


@pytest.mark.parametrize("fill", [0, 1, pytest.param(300, marks=pytest.mark.slow)])
def test_a_redis_with_older_files(taskflow_program, redis, fill):
    with scene(started(taskflow_program, redis)) as stage:
        made = stage.fill("kept", "kept too")
        files = redis.keep_files()
        stage.servers.wait()
        if fill:
            stage.fill(*(f"lost {number}" for number in range(fill)))
        else:
            stage.settle()
        redis.kill()
        redis.start_with(files)
        kept = stage.check(lost=fill > 0)
        assert set(made) <= kept and len(kept) == 3


def test_a_server_that_was_killed_meanwhile_begins_with_what_is_left(taskflow_program, redis):
    with scene(started(taskflow_program, redis)) as stage:
        stage.fill("kept")
        files = redis.keep_files()
        stage.servers.wait()
        stage.fill("lost", "lost too")
        redis.kill()
        stage.servers[2].kill()
        redis.start_with(files)
        assert stage.servers[2].start_again()
        wait_until_ready(stage.servers[2], 10)
        until(lambda: stage.servers[0].says("another history"))
        epoch, seq = stage.servers.agree()
        assert epoch != stage.before[0] and seq > stage.before[1]
        stage.work(stage.queues[2]), stage.work(stage.queues[0])


def test_half_a_transaction_that_a_redis_was_killed_amid_is_never_made(taskflow_program, redis):
    """Redis takes it for none, but leaves it in its file, where all that it writes then is a part of it at the next start."""
    with started(taskflow_program, redis) as servers:
        servers.wait()
        Client(servers[0]).create("kept")
        redis.kill()
        redis.leave_half_a_transaction()
        redis.start()
        servers.wait()
        until(lambda: redis.info("aof_rewrite_in_progress") == "0" and int(redis.info("aof_rewrites")) > 0)
        Client(servers[1]).create("behind it")
        redis.kill()
        redis.start()
        servers.wait()
        servers[2].kill()
        assert servers[2].start_again()
        wait_until_ready(servers[2], 10)
        servers.agree()
        assert sorted(task["title"] for task in shown(servers[2]).values()) == ["behind it", "kept"]


def test_a_redis_that_lets_no_file_be_written_anew_is_warned_of(taskflow_program, redis):
    redis.ask("ACL", "SETUSER", "limited", "on", ">word", "~*", "&*", "+@all", "-bgrewriteaof")
    with Servers(taskflow_program, [redis.address(user="limited:word@")]) as servers:
        servers.wait()
        until(lambda: servers[0].says("see BGREWRITEAOF"))
        Client(servers[0]).create("kept")


# --- Lost, and written over -------------------------------------------------------------------------------------------

@pytest.mark.parametrize("fresh", [2, pytest.param(10, marks=pytest.mark.slow), 40])
def test_what_was_lost_and_written_over_before_the_servers_are_back(taskflow_program, redis, fresh):
    """Ten events are lost; a server that never knew of them writes fewer, as many, or more, while the others are away."""
    with contextlib.ExitStack() as stack:
        ways = [stack.enter_context(Way(redis.path)) for _ in range(2)]
        stage = stack.enter_context(scene(Servers(taskflow_program, [way.address() for way in ways])))
        stage.fill("kept")
        files = redis.keep_files()
        stage.servers.wait()
        for number in range(10):
            stage.queues[number % 2].create(f"lost {number}")
        stage.settle()
        for way in ways:
            way.is_closed = True
            way.cut()
        redis.kill()
        redis.start_with(files)
        other = stack.enter_context(taskflow_program.start("--store", redis.address(), "--history", "100000"))
        new = Queue(other)
        follower = stack.enter_context(Mirror([other.port], 9))
        made = {new.create(f"new {number}")["id"] for number in range(fresh)}
        for way in ways:
            way.heal()
        stage.servers.take(other)
        kept = stage.check(lost=True)
        # What the other server has answered stands.
        assert made <= kept and len(kept) == 2 + fresh
        follower.wait(stage.servers.agree())
        assert follower.losses == 1 and stage.work(new)


# --- Replicas ---------------------------------------------------------------------------------------------------------

@contextlib.contextmanager
def replicated(program, folder, wait: int = 0):
    """Servers on a Redis that has a replica, the way to each and that to the replica, and both."""
    for name in ("first", "second"):
        (folder / name).mkdir()
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(RedisServer(folder / "first", "--repl-diskless-sync-delay", "0"))
        link = stack.enter_context(Way(first.path))
        second = stack.enter_context(RedisServer(folder / "second", "--replicaof", f"127.0.0.1 {link.port}"))
        until(lambda: b"master_link_status:up" in second.ask("INFO", "replication"))
        ways = [stack.enter_context(Way(first.path)) for _ in range(3)]
        servers = Servers(program, [f"{way.address()}&wait={wait}" for way in ways])

        def promote() -> None:
            first.kill()
            assert second.ask("REPLICAOF", "NO", "ONE") == b"+OK\r\n"
            for way in ways:
                way.path = str(second.path)
                way.cut()

        stage = stack.enter_context(scene(servers))
        yield stage, first, second, link, promote


def test_a_replica_that_has_all_goes_on_where_its_redis_was(taskflow_program, tmp_path):
    with replicated(taskflow_program, tmp_path) as (stage, first, second, _, promote):
        made = stage.fill("a", "b", "c")
        until(lambda: first.end() == second.end())
        promote()
        assert set(made) <= stage.check(lost=False)


def test_a_replica_that_has_not_all_is_another_history(taskflow_program, tmp_path):
    with replicated(taskflow_program, tmp_path) as (stage, first, second, link, promote):
        made = stage.fill("a", "b", "c")
        until(lambda: first.end() == second.end())
        link.swallowed = "down"
        stage.fill("lost", "lost too")
        promote()
        kept = stage.check(lost=True)
        # And the one that is leased.
        assert set(made) <= kept and len(kept) == 4


def test_what_a_replica_was_waited_for_is_there_when_it_is_promoted(taskflow_program, tmp_path):
    with replicated(taskflow_program, tmp_path, wait=1) as (stage, _, _, link, promote):
        writers = [Writer(stage.servers.ports, seed) for seed in range(4)]
        for writer in writers:
            writer.start()
        until(lambda: sum(len(writer.kept) for writer in writers) > 100)
        link.swallowed = "down"
        until(lambda: any(writer.unknown for writer in writers))
        promote()
        stage.servers.wait(10)
        for writer in writers:
            writer.finish()
        stage.servers.agree()
        there = shown(stage.servers[0])
        assert all(id in there for writer in writers for id in writer.kept.values())
        titles = [task["title"] for task in there.values()]
        assert not {title for writer in writers for title in writer.refused} & set(titles)
        assert len(titles) == len(set(titles))
