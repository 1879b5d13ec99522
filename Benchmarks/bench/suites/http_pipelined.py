"""the same with 16 requests in flight a connection, all in one write"""

from ..health import compare_health


def run(options):
    return compare_health(options, "GET /health, 16 in flight", depth=16)
