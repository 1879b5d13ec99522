"""What a request must not ask of the server under test, and no schema can say: for minutes of work or of waiting, for a
time more than ten years ahead or the 30th of February, for two times at once, for a change under another's key."""

import re
import uuid

import schemathesis

# Parameters by which work is made longer, and a value that is as good as any larger one.
MOST = {"iterations": 2_000, "heavyIterations": 2_000, "sizeKb": 8}
DATE = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"


@schemathesis.hook
def before_call(context, case, kwargs):
    query = case.query or {}
    for name, most in MOST.items():
        text = str(query.get(name, ""))
        if text.isdecimal() and text.isascii() and most < int(text) <= 1_000_000_000:
            query[name] = most
    for part in (case.body, case.body.get("claim") if isinstance(case.body, dict) else None):
        if isinstance(part, dict) and type(part.get("wait")) in (int, float) and 0 < part["wait"] <= 60:
            part["wait"] = 0.001
    bodies = case.body.get("tasks", [case.body]) if isinstance(case.body, dict) else []
    for body in bodies if isinstance(bodies, list) else []:
        if isinstance(body, dict) and re.match(DATE, str(body.get("runAt"))):
            body["runAt"] = "2024-01-31" + body["runAt"][10:]
            body.pop("delay", None)
    headers = case.headers or {}
    if re.fullmatch("[!-~]{1,128}", str(headers.get("Idempotency-Key", ""))):
        headers["Idempotency-Key"] = str(uuid.uuid4())
