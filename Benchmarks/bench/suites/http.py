"""CPU time of GET /health: taskflow, Node's http, and a C program on libuv that parses nothing"""

from ..health import compare_health


def run(options):
    return compare_health(options, "GET /health")
