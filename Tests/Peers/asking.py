"""Runs the program that asks servers by `HTTPClient`, and reads what it prints."""

import base64
import json
import subprocess
from dataclasses import dataclass


@dataclass
class Answer:
    status: int
    url: str
    fields: dict[str, str]
    content: bytes
    trailers: list
    informed: list
    failure: str | None


def answers(program: str, *arguments, **options) -> list[Answer]:
    """Of each request, in their order; one that had no answer has the status 0."""
    result = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, timeout=60, **options)
    assert result.returncode == 0, result.stderr
    return [Answer(answer["status"], answer["url"], {name.lower(): value for name, value in answer["fields"]},
                   base64.b64decode(answer["content"]), answer["trailers"], answer["informed"], answer.get("failure"))
            for answer in map(json.loads, result.stdout.splitlines())]
