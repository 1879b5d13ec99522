"""GET /health of taskflow, of other servers, and of a C program on libuv that answers as many bytes."""

from .programs import BENCHMARKS, OUT, libuv_flags
from .rounds import Candidate, compare
from .server import Server
from .table import Table
from .wire import Connection
from .wrk import wrk

CONNECTIONS = 64


def compare_health(options, title: str, depth: int = 1) -> Table:
    """Measures all of them under wrk's load, with `depth` requests in flight a connection."""
    taskflow = options.programs.swift("taskflow")
    floor = options.programs.c("floor", *libuv_flags())
    answer = OUT / "answer.http"
    script = BENCHMARKS / "wrk" / "pipelined.lua" if depth > 1 else None
    # The floor answers what taskflow does, byte for byte, so that both move as many. All that is in flight is one read.
    with Server(taskflow, "--port", "{port}", "--store", "memory") as server:
        answer.write_bytes(Connection(server.port).whole_answer("/health") * depth)
    candidates = [
        Candidate("C on libuv", [floor, "--port", "{port}", answer]),
        Candidate("taskflow", [taskflow, "--port", "{port}", "--store", "memory"]),
        Candidate("SwiftNIO", [options.programs.benchmark("nio-health"), "--port", "{port}"]),
        Candidate("Hummingbird", [options.programs.benchmark("hummingbird-health"), "--port", "{port}"]),
        Candidate("Node's http", ["node", BENCHMARKS / "node" / "health.js", "--port", "{port}"]),
    ]
    seconds = 2 if options.quick else 5

    def load(port: int, seconds: int = seconds):
        return wrk(f"http://127.0.0.1:{port}/health", seconds, CONNECTIONS, script)

    return compare(f"{title}: {answer.stat().st_size // depth} bytes an answer, {CONNECTIONS} connections", "request",
                   candidates, 3 if options.quick else 5, load, lambda port: load(port, 1))
