"""Whichever system call fails, the server goes on, or says why it cannot begin; it keeps nothing and serves others."""

import concurrent.futures
import contextlib
import errno
import itertools
import json
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from client import ADMIN, Client, wait_until_ready
from failing_calls import ONE_BYTE, Ended, FailingCalls, Fault, Sufferer
from failing_disk import compile_faults
from queue_client import STORES, store_at, until
from server import TRACE
from wire import head, parse_answers, receive

pytestmark = [pytest.mark.skipif(sys.platform != "linux", reason="needs Linux"),
              pytest.mark.no_redis("it is about a server that is alone")]

SOCKET, EVENT, PIPE, FILE, POLL = "socket:", "anon_inode:[eventfd]", "pipe:", "/", "anon_inode:[eventpoll]"
# On its own eventfds and pipes libuv takes only these for no end of the world.
FAULTS = [
    *(Fault("accept", SOCKET, code)
      for code in (errno.EMFILE, errno.ECONNABORTED, errno.ENOBUFS, errno.EINTR, errno.EAGAIN)),
    *(Fault("read", SOCKET, code) for code in (errno.ECONNRESET, errno.EINTR, errno.EAGAIN, errno.ENOMEM, ONE_BYTE)),
    *(Fault("write", SOCKET, code) for code in (errno.EPIPE, errno.EINTR, errno.EAGAIN, errno.ENOBUFS, ONE_BYTE)),
    *(Fault("read", kind, errno.EINTR) for kind in (EVENT, PIPE)),
    *(Fault("write", kind, errno.EINTR) for kind in (EVENT, PIPE)),
    *(Fault("read", FILE, code) for code in (errno.EIO, errno.EINTR, ONE_BYTE)),
    *(Fault("write", FILE, code) for code in (errno.EIO, errno.ENOSPC, errno.EINTR, ONE_BYTE)),
    Fault("epoll_ctl", POLL, errno.ENOMEM, is_final=True),
    *(Fault("socket", "", code) for code in (errno.EMFILE, errno.ENOBUFS)),
    Fault("malloc", "libuv.", errno.ENOMEM, is_final=True),
    *(Fault("malloc", library, errno.ENOMEM) for library in ("libsqlite3.", "libcrypto.", "libssl.")),
]


@pytest.fixture(scope="module")
def calls_library(tmp_path_factory):
    return compile_faults(tmp_path_factory.mktemp("calls"), "calls")


@pytest.fixture(scope="module", params=STORES)
def scenario(request, taskflow_program, calls_library, tmp_path_factory):
    return Scenario(taskflow_program, calls_library, tmp_path_factory.mktemp("calls"), request.param)


class Scenario:
    """A server's life: it starts, answers, tells an event, makes tasks, and is told to end."""

    def __init__(self, program, library, folder, store: str):
        self.program, self.library, self.folder, self.store = program, library, folder, store
        self.usual = None
        self.usual = self.live(Fault("none", "", 0), 0)[1]

    def uses(self, kind: str) -> bool:
        if kind == "libssl.":
            return self.program.certificates is not None
        return kind != "libsqlite3." or self.store == "sqlite"

    def start(self, faults: FailingCalls, may_abort: bool) -> Sufferer:
        return Sufferer(self.program.binary, "--store", store_at(self.store, faults.store), may_abort=may_abort,
                        certificates=self.program.certificates, env=faults.environment)

    def live(self, fault: Fault, call: int) -> tuple[bool, list[str]]:
        """Whether the call has failed, and the descriptors that the server had when its clients had gone."""
        folder = Path(tempfile.mkdtemp(prefix=f"{fault}-{call}-", dir=self.folder))
        faults, left = FailingCalls(self.library, folder, fault), []
        faults.arm(call)
        with contextlib.suppress(Ended):
            server = self.start(faults, may_abort=fault.is_final)
            try:
                left = self.use(server)
            finally:
                if server.process.poll() is None:
                    server.kill()
        return faults.disarm(), left

    def use(self, server: Sufferer) -> list[str]:
        tried, made = [], []
        attempt(server, lambda: wait_until_ready(server))
        server.is_ready = True
        for _ in range(2):
            attempt(server, lambda: hear_of_a_task(server, tried, made))
        kept = attempt(server, lambda: Client(server).json("/tasks"))
        assert {*made} <= {task["title"] for task in kept} <= {*tried}
        left = self.usual or settled(server)
        what = f"the descriptors are others than without a fault: {left}"
        until(lambda: server.has_aborted() or server.kinds() == left, 10, what)
        server.finish()
        return left


LOST = (OSError, AssertionError, WebSocketException, EOFError)


def attempt(server, work):
    """What `work` returns, at the third time at the latest: an answer may be lost, with all behind it."""
    for times_left in (2, 1, 0):
        try:
            return work()
        except LOST:
            server.check()
            if not times_left:
                raise
            time.sleep(0.05)  # libuv sheds all clients that come while it has no descriptor for one of them.
            with contextlib.suppress(*LOST):
                # A store that has failed is opened anew.
                wait_until_ready(server)


def hear_of_a_task(server, tried: list[str], made: list[str]) -> None:
    """A client that hears events makes a task."""
    url = f"ws://127.0.0.1:{server.port}/ws/tasks"
    with connect(url, sock=server.connect(), proxy=None, open_timeout=5, close_timeout=5) as client:
        assert json.loads(client.recv(5))["event"] == "connection.ready"
        title = f"task {len(tried)}"
        tried.append(title)
        made.append(Client(server).create(title)["title"])
        while json.loads(client.recv(5)).get("task", {}).get("title") != title:
            pass
        client.send('{"type":"ping"}')
        while json.loads(client.recv(5))["event"] != "pong":
            pass


def settled(server) -> list[str]:
    """The server's descriptors when its clients have gone."""
    seen = []
    while len(seen) < 25 or any(look != seen[-1] for look in seen[-25:]):
        seen.append(server.kinds())
        time.sleep(0.02)  # Nothing tells when it has seen that they are gone.
    return seen[-1]


def each(fault: Fault):
    """All calls; of the thousands that want memory, some."""
    return itertools.chain(range(1, 100), itertools.count(100, 31)) if fault.calls == "malloc" else itertools.count(1)


def spread():
    """Some calls of the beginning, and then ever fewer."""
    return ((1 << power) - 1 for power in itertools.count(1))


def fail_each(scenario: Scenario, fault: Fault, calls) -> None:
    """Lets one of these calls fail after another, until there are fewer."""
    if not scenario.uses(fault.kind):
        pytest.skip("it is not used here")
    count = 0
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        while all(outcomes := [*pool.map(lambda call: scenario.live(fault, call)[0], itertools.islice(calls, 4))]):
            count += 4
    count += outcomes.index(False)
    print(f"{fault}, {scenario.store}: {count} calls have failed")
    assert count > 0, "there is no such call"


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_call_that_fails_here_and_there_is_survived(scenario, fault):
    fail_each(scenario, fault, spread())


@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.slow
def test_whichever_call_fails_the_next_client_is_served(scenario, fault):
    fail_each(scenario, fault, each(fault))


@pytest.mark.plain_only("the client that waits says nothing before it is accepted")
def test_a_server_that_can_accept_nothing_is_idle_hears_sigterm_and_serves_again(program, calls_library, tmp_path):
    faults = FailingCalls(calls_library, tmp_path, Fault("accept", SOCKET, errno.EMFILE))

    @contextlib.contextmanager
    def waiting_client():
        tried = len(faults.calls())
        faults.arm(1, times=1 << 40)
        with server.connect() as client:
            until(lambda: len(faults.calls()) > tried + 2)
            yield client

    with program.start(env=faults.environment) as server:
        with waiting_client() as waiting:
            before = server.cpu_seconds()
            time.sleep(2)  # What it does in that time is measured.
            assert server.cpu_seconds() - before < 0.2
            faults.disarm()
            assert Client(server, None).get(program.path).status == 200
            waiting.sendall(head("GET", program.path, "Connection: close"))
            assert parse_answers(receive(waiting)[0])[0].status == 200
        assert server.output().count("EMFILE") == 1
        with waiting_client():
            server.signal(signal.SIGTERM)
            assert server.wait(10) == 0


CLIENT_FAULTS = [
    *(Fault("socket", "", code) for code in (errno.EMFILE, errno.ENOBUFS)),
    *(Fault("connect", SOCKET, code) for code in (errno.ECONNREFUSED, errno.ENETUNREACH, errno.ENOBUFS, errno.EINTR)),
    *(Fault("read", SOCKET, code) for code in (errno.ECONNRESET, errno.EINTR, errno.EAGAIN, ONE_BYTE)),
    *(Fault("write", SOCKET, code) for code in (errno.EPIPE, errno.EINTR, errno.EAGAIN, ONE_BYTE)),
    *(Fault("write", FILE, code) for code in (errno.EINTR, ONE_BYTE)),
    Fault("epoll_ctl", POLL, errno.ENOMEM, is_final=True),
    Fault("malloc", "libuv.", errno.ENOMEM, is_final=True),
]


@pytest.mark.plain_only("it is about the client")
@pytest.mark.parametrize("fault", CLIENT_FAULTS, ids=str)
def test_whichever_call_fails_enqueue_has_made_the_task_or_says_why_not(taskflow_program, taskflow, calls_library,
                                                                        tmp_path, fault):
    for call in itertools.count(1):
        folder = tmp_path / f"{call}"
        folder.mkdir()
        faults = FailingCalls(calls_library, folder, fault)
        faults.environment |= {"TASKFLOW_URL": taskflow.url, "TASKFLOW_TOKEN": ADMIN}
        faults.arm(call)
        written, said = folder / "written", folder / "said"
        with open(written, "w") as output, open(said, "w") as errors:
            code = subprocess.run([taskflow_program.binary, "enqueue", f"{folder.name}"], env=faults.environment,
                                  stdin=subprocess.DEVNULL, stdout=output, stderr=errors, timeout=60).returncode
        has_failed = faults.disarm()
        if not (code == -signal.SIGABRT and fault.is_final):
            assert code in (0, 1) and not TRACE.search(said.read_text()), (call, code, said.read_text())
            assert written.read_text().strip() if code == 0 else said.read_text(), call
            if code == 0:
                assert Client(taskflow).get(f"/tasks/{written.read_text().strip()}").status == 200
        if not has_failed:
            break
    assert code == 0 and call > 1
