"""taskflow keeps its tasks on a Redis that speaks TLS."""

import contextlib
import os
import subprocess

import pytest

from client import Client, wait_until_ready
from redis_server import RedisServer
from server import TRACE, free_port


@contextlib.contextmanager
def secure_redis(folder, files, certificate: str = "server", auth: str = "no"):
    """A Redis with a port of TLS."""
    port = free_port()
    with RedisServer(folder, "--tls-port", str(port), "--tls-cert-file", files[f"{certificate}.pem"], "--tls-key-file",
                     files[f"{certificate}.key"], "--tls-ca-cert-file", files.authority, "--tls-auth-clients", auth,
                     "--requirepass", "secret-word") as redis:
        redis.port = port
        yield redis


def fails(program, store: str, **environment: str) -> str:
    """The one line that a server says which cannot use its store."""
    result = subprocess.run([program.binary, "--port", "0", "--store", store], capture_output=True, text=True, timeout=30,
                            env=os.environ | environment)
    assert result.returncode == 1 and result.stderr.count("\n") == 1 and not TRACE.search(result.stderr), result
    assert "secret-word" not in result.stderr
    return result.stderr


def test_all_is_kept_and_is_there_again(taskflow_program, tmp_path, files):
    with secure_redis(tmp_path, files) as redis:
        store = f"rediss://:secret-word@localhost:{redis.port}?name=test&ca={files.authority}"
        with taskflow_program.start("--store", store) as server:
            # Less than a record of TLS, and many of them.
            made = [Client(server).create(type="kind", payload="x" * length)["id"] for length in (1, 1_000, 60_000) * 5]
            assert server.says(f"from rediss://localhost:{redis.port}/0?name=test in") and "secret-word" not in server.output()
        with taskflow_program.start("--store", store, "--processes", "2") as server:
            assert sorted(task["id"] for task in Client(server).json("/tasks")) == sorted(made)


def test_a_redis_that_comes_back_is_connected_to_by_tls_again(taskflow_program, tmp_path, files):
    with secure_redis(tmp_path, files) as redis:
        store = f"rediss://:secret-word@localhost:{redis.port}?name=test&ca={files.authority}"
        with taskflow_program.start("--store", store) as server:
            Client(server).create("before")
            redis.kill()
            assert Client(server).ask("POST", "/tasks", {"title": "meanwhile"}).status == 503
            redis.start()
            wait_until_ready(server)
            Client(server).create("behind")
            assert {"before", "behind"} <= {task["title"] for task in Client(server).json("/tasks")}


def test_redis_has_to_be_known(taskflow_program, tmp_path, files):
    with secure_redis(tmp_path, files) as redis:
        address = f"rediss://:secret-word@localhost:{redis.port}?name=test"
        assert "cannot use rediss://" in fails(taskflow_program, address, SSL_CERT_FILE=files["stranger.pem"])
        stranger = fails(taskflow_program, f"{address}&ca={files['stranger.pem']}")
        assert "certificate" in stranger
        # The system's authorities, which are that one here.
        with taskflow_program.start("--store", address, env=os.environ | {"SSL_CERT_FILE": files.authority}) as server:
            assert Client(server).create()


def test_a_certificate_of_another_name_is_refused(taskflow_program, tmp_path, files):
    with secure_redis(tmp_path, files, "other") as redis:
        said = fails(taskflow_program, f"rediss://:secret-word@localhost:{redis.port}?ca={files.authority}")
        assert "cannot use rediss://" in said


def test_redis_may_want_a_certificate(taskflow_program, tmp_path, files):
    with secure_redis(tmp_path, files, auth="yes") as redis:
        address = f"rediss://:secret-word@localhost:{redis.port}?name=test&ca={files.authority}"
        assert "cannot use rediss://" in fails(taskflow_program, address)
        own = f"{address}&cert={files['client.pem']}&key={files['client.key']}"
        with taskflow_program.start("--store", own) as server:
            assert Client(server).create()


def test_in_the_clear_nothing_is_said_to_tls_and_by_tls_nothing_to_a_plain_port(taskflow_program, tmp_path, files):
    with secure_redis(tmp_path, files) as redis:
        assert "cannot use redis://" in fails(taskflow_program, f"redis://:secret-word@localhost:{redis.port}")
    plain = tmp_path / "plain"
    plain.mkdir()
    with RedisServer(plain, "--port", str(port := free_port())):
        assert "cannot use rediss://" in fails(taskflow_program, f"rediss://localhost:{port}?ca={files.authority}")


@pytest.mark.parametrize("query", ["ca={0}/none.pem", "ca={0}", "cert={0}/none.pem&key={0}/none.key"])
def test_files_that_cannot_be_used_end_the_start(taskflow_program, tmp_path, query):
    store = f"rediss://:secret-word@localhost:1?{query.format(tmp_path)}"
    assert "rediss://localhost:1/0?name=taskflow" in fails(taskflow_program, store)
