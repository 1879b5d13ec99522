"""One request about tasks, again and again, beside a C program that parses nothing and answers as many bytes."""

from .health import CONNECTIONS
from .programs import BENCHMARKS, OUT, libuv_flags
from .rounds import Candidate, compare
from .server import Server
from .table import Table
from .wire import Connection
from .wrk import wrk


def compare_request(options, title: str, script: str, tasks: int, path_of, answer_to) -> Table:
    """Measures both under wrk's load.

    `path_of` gives the path to ask for, on a server that has got its tasks; `answer_to` the bytes of an answer to it.
    """
    taskflow = options.programs.swift("taskflow")
    floor = options.programs.c("floor", *libuv_flags())
    answer = OUT / "answer.http"
    with Server(taskflow, "--port", "{port}", "--store", "memory") as server, Connection(server.port) as connection:
        answer.write_bytes(answer_to(connection, path_of(connection)))
    # A new server has new ids, so the path is asked for when one has begun; the floor answers any.
    path = ["/"]

    def fill(port: int) -> None:
        with Connection(port) as connection:
            connection.ask_often(connection.make_task(), tasks)
            path[0] = path_of(connection)

    candidates = [
        Candidate("C on libuv", [floor, "--port", "{port}", answer]),
        Candidate("taskflow", [taskflow, "--port", "{port}", "--store", "memory"], prepare=fill),
    ]

    def load(port: int, seconds: int = 2 if options.quick else 5):
        return wrk(f"http://127.0.0.1:{port}{path[0]}", seconds, CONNECTIONS, BENCHMARKS / "wrk" / script)

    return compare(f"{title}: {answer.stat().st_size} bytes an answer, {CONNECTIONS} connections", "request",
                   candidates, 3 if options.quick else 5, load, lambda port: load(port, 1))
