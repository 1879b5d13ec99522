"""What is TLS's own in clients that others wrote: sessions, names, certificates of clients; Node's https, and Python's."""

import asyncio
import os
import subprocess
from pathlib import Path

import aiohttp
import httpx
import pytest
import websockets


NODE_SIDE = Path(__file__).with_name("node_https.js")


@pytest.fixture(scope="module")
def server(taskflow_program, files):
    with taskflow_program.start(*files.flags()) as server:
        yield server


@pytest.fixture(scope="module")
def closed(taskflow_program, files):
    """Lets in only clients that the authority knows."""
    with taskflow_program.start(*files.flags(), "--tls-client-ca", files.authority) as server:
        yield server


def address(server, scheme: str = "https", path: str = "/health") -> str:
    return f"{scheme}://localhost:{server.port}{path}"


def node_agrees(server, files, scenario: str, certificate: str | None = None) -> None:
    shown = [files[f"{certificate}.{kind}"] for kind in ("pem", "key")] if certificate else []
    result = subprocess.run(["node", NODE_SIDE, address(server), scenario, *shown], capture_output=True, text=True,
                            env={**os.environ, "NODE_EXTRA_CA_CERTS": files.authority}, timeout=40)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("scenario", ["keep-alive", "sessions", "many at once", "names", "leaving", "half-close"])
def test_node(server, files, scenario):
    node_agrees(server, files, scenario)


def test_node_is_known_by_its_certificate(closed, files):
    for scenario in ("known by a certificate", "many at once", "leaving", "half-close"):
        node_agrees(closed, files, scenario, "client")


@pytest.mark.parametrize("certificate", [None, "unknown"])
def test_node_is_not_known(closed, files, certificate):
    node_agrees(closed, files, "not known", certificate)


def test_httpx_is_known_by_its_certificate(closed, files):
    with httpx.Client(verify=files.client("client")) as client:
        assert [client.get(address(closed)).status_code for _ in range(3)] == [200] * 3
    with httpx.Client(verify=files.client()) as client, pytest.raises(httpx.TransportError):
        client.get(address(closed))


def test_aiohttp_is_known_by_its_certificate(closed, files):
    async def statuses(context):
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session:
            async def status():
                async with session.get(address(closed)) as answer:
                    return answer.status
            return await asyncio.gather(*(status() for _ in range(50)))

    assert asyncio.run(statuses(files.client("client"))) == [200] * 50
    with pytest.raises(aiohttp.ClientError):
        asyncio.run(statuses(files.client("unknown")))


def test_websockets_is_known_by_its_certificate(closed, files):
    async def first(context):
        async with websockets.connect(address(closed, "wss", "/ws/tasks"), ssl=context) as socket:
            return await socket.recv()

    assert "connection.ready" in asyncio.run(first(files.client("client")))
    with pytest.raises((OSError, websockets.WebSocketException)):
        asyncio.run(first(files.client()))


def test_curl_is_known_by_its_certificate(closed, files):
    command = ["curl", "--silent", "--cacert", files.authority, address(closed)]
    shown = ["--cert", files["client.pem"], "--key", files["client.key"]]
    assert subprocess.run(command + shown, capture_output=True).stdout.startswith(b'{"status":')
    assert subprocess.run(command, capture_output=True).returncode in (35, 55, 56), "an alert, or a connection that ended"
