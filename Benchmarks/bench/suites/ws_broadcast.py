"""CPU time of one delivery of a broadcast: 200 messages of 20 bytes to 200 clients, beside Node's ws"""

from ..programs import BENCHMARKS
from ..rounds import Candidate, compare
from ..sockets import broadcast


def run(options):
    rounds, seconds = (3, 2) if options.quick else (5, 5)
    candidates = [
        Candidate("echo", [options.programs.swift("echo"), "--port", "{port}", "--broadcast"]),
        Candidate("Node's ws", ["node", BENCHMARKS / "node" / "ws.js", "--port", "{port}", "--broadcast"]),
    ]
    return compare("200 messages of 20 bytes to 200 clients", "delivery", candidates, rounds,
                   broadcast(200, 200, 20, seconds), broadcast(200, 200, 20, 1))
