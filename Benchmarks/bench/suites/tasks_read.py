"""CPU time of GET /tasks/:id among 100,000 tasks, beside a C program that answers as many bytes"""

import json

from ..one_task import compare_request


def run(options):
    def make_one(connection) -> str:
        return "/tasks/" + json.loads(connection.ask(connection.make_task()))["id"]

    return compare_request(options, "GET /tasks/:id", "read.lua", 100_000, make_one,
                           lambda connection, path: connection.whole(connection.request("GET", path)))
