"""CPU time of POST /tasks while nothing listens, beside a C program that answers as many bytes"""

from ..one_task import compare_request


def run(options):
    return compare_request(options, "POST /tasks", "create.lua", 1_000, lambda _: "/tasks",
                           lambda connection, _: connection.whole(connection.make_task()))
