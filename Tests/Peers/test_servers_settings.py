"""Servers of one store agree on what decides about tasks: the first one's flags are those of all."""

import subprocess

import pytest

from client import Client, wait_until_ready
from queue_client import until
from redis_server import RedisServer
from server import TRACE


@pytest.fixture
def redis(tmp_path):
    with RedisServer(tmp_path) as server:
        yield server


def refused(program, redis, *flags: str) -> str:
    """The one line of a server that does not start."""
    result = subprocess.run([program.binary, "--port", "0", "--store", redis.address(), *flags], capture_output=True,
                            text=True, timeout=30)
    lines = (result.stdout + result.stderr).splitlines()
    assert result.returncode == 1 and len(lines) == 1 and not TRACE.search(lines[0]), result
    return lines[0]


def test_one_that_is_set_otherwise_does_not_start_and_set_changes_all(taskflow_program, redis):
    def start(*flags: str):
        return taskflow_program.start("--store", redis.address(), *flags)

    with start("--aging", "60s", "--keep", "500") as first:
        wait_until_ready(first)
        line = refused(taskflow_program, redis, "--aging", "5m", "--keep", "500")
        assert "have --aging 1m, and this one has --aging 5m" in line and "--set" in line
        line = refused(taskflow_program, redis)
        assert "have --keep 500, and this one has --keep 100000" in line and "--aging" not in line
        with start("--aging", "1m", "--keep", "500") as same:
            wait_until_ready(same)
        with start("--aging", "5m", "--keep-failed", "0", "--keep", "500", "--set") as other:
            wait_until_ready(other)
            assert first.says("WARNING", "Other servers have --aging 5m --keep-failed 0 from now on")
            assert Client(first).create("it goes on") and "from now on" not in other.output()
    # It is the store's, whether a server is there or not.
    assert "have --aging 5m --keep-failed 0, and" in refused(taskflow_program, redis, "--keep", "500")
    with start("--aging", "300s", "--keep-failed", "0", "--keep", "500") as later:
        wait_until_ready(later)


def test_a_redis_that_has_forgotten_them_is_told_again(taskflow_program, redis):
    with taskflow_program.start("--store", redis.address(), "--aging", "5m") as server:
        wait_until_ready(server)
        redis.ask("FLUSHALL")
        assert server.says("another history")
        wait_until_ready(server)
        # With its next beat the server says what it is set to.
        until(lambda: redis.ask("HGET", "{test}:settings", "--aging").endswith(b"\r\n5m\r\n"))
        assert "have --aging 5m" in refused(taskflow_program, redis)


def test_processes_that_are_set_otherwise_end_all(taskflow_program, redis):
    with taskflow_program.start("--store", redis.address(), "--processes", "2", "--max-tasks", "10") as server:
        wait_until_ready(server)
        assert "--max-tasks 10" in refused(taskflow_program, redis, "--processes", "2")


def test_a_file_has_one_server_which_may_be_set_otherwise_each_time(taskflow_program, tmp_path):
    for flags in (["--aging", "5m"], ["--aging", "1m"], ["--aging", "2m", "--set"]):
        with taskflow_program.start("--store", f"sqlite:{tmp_path}/tasks.db", *flags) as server:
            wait_until_ready(server)
