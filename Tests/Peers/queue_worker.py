"""A worker in Python, with nothing but the standard library: `queue_worker.py URL TOKEN TYPE`."""

import json
import os
import sys
import urllib.error
import urllib.request as web

BASE, TOKEN, KIND = sys.argv[1] + "/tasks", sys.argv[2], sys.argv[3]
ME = f"py:{os.getpid()}"


def call(path, body):
    request = web.Request(BASE + path, json.dumps(body).encode(), {"Authorization": "Bearer " + TOKEN})
    with web.urlopen(request, timeout=70) as answer:
        return json.load(answer)


while True:
    for task in call("/claim", {"worker": ME, "types": [KIND], "lease": 5, "wait": 20, "limit": 3})["tasks"]:
        try:
            call(f"/{task['id']}/complete", {"fence": task["lease"]["fence"], "result": ME})
        except urllib.error.HTTPError as error:
            if error.code not in (404, 409):
                raise  # Otherwise the lease was lost: another worker has the task.
