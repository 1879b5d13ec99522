"""TLS beside Node's https: CPU time of a request and of handshakes, memory of an idle connection"""

import resource
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from ..machine import SERVER_CORE
from ..programs import BENCHMARKS, ROOT
from ..rounds import Candidate, Load
from ..server import Server
from ..table import Table, median_of_ratios
from ..wrk import wrk

REQUEST = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
IDLE_FIRST, IDLE_MORE = 300, 1_000


class Client:
    """Opens connections by TLS 1.3, which agrees on X25519 with both servers."""

    def __init__(self, authority: Path):
        self.context = ssl.create_default_context(cafile=str(authority))
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3

    def connect(self, port: int, session=None) -> ssl.SSLSocket:
        raw = socket.create_connection(("127.0.0.1", port))
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.context.wrap_socket(raw, server_hostname="localhost", session=session)

    def session(self, port: int):
        """One that can be resumed: its ticket comes behind the handshake."""
        with self.connect(port) as connection:
            connection.sendall(REQUEST)
            connection.recv(65_536)
            return connection.session

    def handshakes(self, port: int, count: int, resumed: bool) -> Load:
        session = self.session(port) if resumed else None
        begin = time.monotonic()
        for _ in range(count):
            with self.connect(port, session) as connection:
                if connection.session_reused != resumed:
                    raise SystemExit("bench: a session was resumed, or not, against what was asked")
        return Load(count, time.monotonic() - begin)

    def idle(self, port: int) -> ssl.SSLSocket:
        connection = self.connect(port)
        connection.sendall(REQUEST)
        connection.recv(65_536)
        return connection


def run(options):
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    rounds, seconds, count = (3, 1, 200) if options.quick else (7, 3, 1_000)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([ROOT / "Tests" / "Certificates" / "make.sh", folder], check=True, capture_output=True)
        files = Path(folder)
        ours = [options.programs.swift("taskflow"), "--port", "{port}", "--store", "memory",
                "--tls-cert", files / "server.pem", "--tls-key", files / "server.key"]
        nodes = ["node", BENCHMARKS / "node" / "health.js", "--port", "{port}", "--cert", files / "server.pem",
                 "--key", files / "server.key"]
        client = Client(files / "authority.pem")
        table = Table(f"TLS 1.3, X25519, a certificate of P-256; {rounds} rounds, the server on core {SERVER_CORE}",
                      ["work", "taskflow", "Node's https", "ratio"])
        for work, load in [
            ("CPU us a request, kept alive", lambda port: wrk(f"https://localhost:{port}/health", seconds, 32)),
            ("CPU us a handshake", lambda port: client.handshakes(port, count, resumed=False)),
            ("CPU us a resumed handshake", lambda port: client.handshakes(port, count, resumed=True)),
        ]:
            table.rows.append([work, *measured(work, ours, nodes, rounds, load)])
        idle = [bytes_of_idle(client, command) for command in (ours, nodes)]
        table.rows.append(["bytes of an idle connection", *idle, round(idle[0] / idle[1], 3)])
    return table


def measured(work, ours, nodes, rounds, load):
    candidates = [Candidate("taskflow", ours), Candidate("Node's https", nodes)]
    for turn in range(rounds):
        print(f"{work}: round {turn + 1} of {rounds}", file=sys.stderr)
        # The other one begins each round.
        for one in candidates if turn % 2 else reversed(candidates):
            one.measure(load, warm_up=load)
    cpu = [one.cpu for one in candidates]
    return [*(round(statistics.median(values), 2) for values in cpu), median_of_ratios(*cpu)]


def bytes_of_idle(client: Client, command) -> int:
    with Server(*command) as server, ExitStack() as stack:
        for _ in range(IDLE_FIRST):
            stack.enter_context(client.idle(server.port))
        before = server.kibibytes("VmRSS")
        for _ in range(IDLE_MORE):
            stack.enter_context(client.idle(server.port))
        return round((server.kibibytes("VmRSS") - before) * 1024 / IDLE_MORE)
