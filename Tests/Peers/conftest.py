"""The programs under test come from the command line: `pytest Tests/Peers --echo FILE --taskflow FILE`."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

sys.dont_write_bytecode = True

# All servers are on this machine: no client of a test asks a proxy for them, and none is told by its caller how to behave.
for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "node_options", "force_color",
             "uv_threadpool_size", "bash_env", "posixly_correct", "cdpath", "grep_options"):
    os.environ.pop(name, None)
    os.environ.pop(name.upper(), None)

from certificates import Certificates  # noqa: E402
from failing_disk import compile_faults  # noqa: E402
from queue_client import STORES, Queue, new_name, store_at  # noqa: E402
from redis_server import RedisStores  # noqa: E402
from server import Program  # noqa: E402

PATHS = {"echo": "/", "taskflow": "/health"}
# A test that needs a file gives it, in a folder of its own: no two of them see each other's tasks.
FLAGS = {"taskflow": ("--store", "memory")}


def pytest_addoption(parser):
    group = parser.getgroup("taskflow", "the programs under test; the tests of one that is not given are skipped")
    group.addoption("--echo", metavar="FILE", help="the echo program")
    group.addoption("--taskflow", metavar="FILE", help="the taskflow server")
    group.addoption("--websocket-client", metavar="FILE", help="the program that shows live events")
    group.addoption("--autobahn-client", metavar="FILE", help="the program that an Autobahn fuzzing server tests")
    group.addoption("--exercises", metavar="FILE", help="the program with the exercises")
    group.addoption("--loop-programs", metavar="FILE", help="the program that runs programs of callbacks on the loop")
    group.addoption("--http-mirror", metavar="FILE", help="the program that answers with what it has read")
    group.addoption("--file-server", metavar="FILE", help="the program that serves a folder")
    group.addoption("--http-ask", metavar="FILE", help="the program that asks servers with the HTTP client")
    group.addoption("--tls", action="store_true", help="all of the suites' servers speak TLS")
    group.addoption("--redis", action="store_true", help="all of the suites' servers keep their tasks on Redis")
    group.addoption("--big-path", metavar="PATH", help="a path of taskflow that streams about 100 MB")


def pytest_configure(config):
    names = [*PATHS, "websocket_client", "autobahn_client", "exercises", "loop_programs",
             "http_mirror", "http_ask", "file_server"]
    given = [config.getoption(name) for name in names if config.getoption(name)]
    if not given:
        raise pytest.UsageError("give at least one program, such as --echo FILE")
    for binary in given:
        if not shutil.which(binary):
            raise pytest.UsageError(f"not a program: {binary}")
    config.stash[CERTIFICATES] = made_certificates(config) if config.getoption("tls") else None
    config.stash[REDIS] = made_redis(config) if config.getoption("redis") else None


CERTIFICATES = pytest.StashKey[Certificates | None]()
REDIS = pytest.StashKey[RedisStores | None]()


def made_certificates(config) -> Certificates:
    """Those of this run. curl, Node and Python's clients are told by their environment which authority to trust."""
    folder = tempfile.TemporaryDirectory()
    config.add_cleanup(folder.cleanup)
    made = Certificates(folder.name)
    for name in ("SSL_CERT_FILE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"):
        os.environ[name] = made.authority
    return made


def made_redis(config) -> RedisStores:
    """That of this run. What one module does with it slows no other down: they run one after the other."""
    folder = tempfile.TemporaryDirectory()
    config.add_cleanup(folder.cleanup)
    stores = RedisStores(Path(folder.name))
    config.add_cleanup(stores.end)
    return stores


def pytest_collection_modifyitems(config, items):
    for option, marker, place in (("tls", "plain_only", "over TLS"), ("redis", "no_redis", "on Redis")):
        if config.getoption(option):
            for item in items:
                if mark := item.get_closest_marker(marker):
                    item.add_marker(pytest.mark.skip(reason=f"not the same {place}: {mark.args[0]}"))


def program_named(config, name: str) -> Program:
    binary = config.getoption(name) or pytest.skip(f"no --{name} given")
    stores = config.stash[REDIS] if name == "taskflow" else None
    return Program(name, binary, PATHS[name], FLAGS.get(name, ()), config.stash[CERTIFICATES], stores)


@pytest.fixture(scope="session")
def certificates(request) -> Certificates | None:
    """Those of the servers, where all speak TLS."""
    return request.config.stash[CERTIFICATES]


@pytest.fixture(scope="session", params=PATHS)
def program(request) -> Program:
    """Each program that was given, in turn."""
    return program_named(request.config, request.param)


@pytest.fixture(scope="session")
def http_mirror(request) -> Program:
    binary = request.config.getoption("http_mirror") or pytest.skip("no --http-mirror given")
    return Program("http_mirror", binary, "/", certificates=request.config.stash[CERTIFICATES])


@pytest.fixture(scope="session")
def echo_program(request) -> Program:
    return program_named(request.config, "echo")


@pytest.fixture(scope="session")
def taskflow_program(request) -> Program:
    return program_named(request.config, "taskflow")


@pytest.fixture(scope="module")
def server(program):
    """One running server a module for each program; it must still run and have written no trace at the end."""
    with program.start() as server:
        yield server


@pytest.fixture(scope="module")
def echo(echo_program):
    with echo_program.start() as server:
        yield server


@pytest.fixture(scope="module")
def taskflow(taskflow_program):
    with taskflow_program.start() as server:
        yield server


@pytest.fixture
def fresh(taskflow_program):
    """A taskflow of the test's own."""
    with taskflow_program.start() as server:
        yield server


@pytest.fixture(scope="module", params=STORES)
def queue_server(request, taskflow_program, tmp_path_factory):
    """A taskflow that keeps its tasks in memory, and one that keeps them in a file."""
    store = store_at(request.param, tmp_path_factory.mktemp("queue"))
    # So many events, also in memory, that a test can read all that it has caused.
    with taskflow_program.start("--store", store, "--history", "100000") as server:
        yield server


@pytest.fixture
def queue(queue_server) -> Queue:
    return Queue(queue_server)


@pytest.fixture
def kind() -> str:
    """A type of the test's own: its claims ask for no other."""
    return new_name()


@pytest.fixture(scope="session")
def websocket_client(request) -> str:
    return request.config.getoption("websocket_client") or pytest.skip("no --websocket-client given")


@pytest.fixture(scope="session")
def autobahn_client(request) -> str:
    return request.config.getoption("autobahn_client") or pytest.skip("no --autobahn-client given")


@pytest.fixture(scope="session")
def loop_programs(request) -> str:
    return request.config.getoption("loop_programs") or pytest.skip("no --loop-programs given")


@pytest.fixture(scope="session")
def http_ask(request) -> str:
    return request.config.getoption("http_ask") or pytest.skip("no --http-ask given")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Certificates of the module's own, and their authority."""
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def faults_library(tmp_path_factory):
    return compile_faults(tmp_path_factory.mktemp("faults"))
