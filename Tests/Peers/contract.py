"""What every answer of taskflow keeps to: its ids, its times, and the one shape of its errors."""

import json
import re

from wire import Answer

UUID_V7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def assert_error(answer: Answer, status: int, code: str) -> None:
    assert answer.status == status
    assert answer["Content-Type"].startswith("application/json")
    error = json.loads(answer.body)["error"]
    assert error.keys() - {"details"} == {"code", "message", "requestId", "timestamp"}
    assert error["code"] == code and error["message"]
    assert error["requestId"] == answer["X-Request-Id"]
    assert TIMESTAMP.fullmatch(error["timestamp"])
