"""CPU time of a WebSocket message of 64 bytes given back to one of 64 clients; the floor does not parse"""

from ..programs import BENCHMARKS, libuv_flags
from ..rounds import Candidate, compare
from ..sockets import echo


def run(options):
    rounds, seconds = (3, 2) if options.quick else (5, 5)
    candidates = [
        Candidate("C on libuv", [options.programs.c("floor", *libuv_flags()), "--port", "{port}", "--frames"]),
        Candidate("echo", [options.programs.swift("echo"), "--port", "{port}"]),
        Candidate("Node's ws", ["node", BENCHMARKS / "node" / "ws.js", "--port", "{port}"]),
    ]
    return compare("A WebSocket message of 64 bytes, 64 clients", "message", candidates, rounds, echo(64, 64, seconds),
                   echo(64, 64, 1))
