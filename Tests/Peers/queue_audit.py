"""Reads the events of the queue as its history, and finds what may not have happened."""

PENDING, ENDED = {"waiting", "scheduled", "ready"}, {"completed", "failed", "cancelled"}
# From which states each cause leads to which. A completion or failure that comes late finds the task pending. What waits
# may be claimed before it is told that it is ready.
WAYS = {
    "ready": (PENDING, PENDING), "claimed": ({"ready", "waiting"}, {"running"}),
    "completed": ({"running"} | PENDING, {"completed"}), "retrying": ({"running"} | PENDING, PENDING),
    "released": ({"running"}, PENDING), "undelivered": ({"running"}, PENDING), "expired": ({"running"}, PENDING),
    "timedOut": ({"running"}, PENDING), "failed": ({"running"} | PENDING, {"failed"}),
    "cancelled": ({"running", "held"} | PENDING, {"cancelled"}), "retried": ({"failed", "cancelled"}, PENDING)}


class History:
    """What became of one task so far."""

    def __init__(self):
        self.state, self.attempt, self.fence, self.completions = None, 0, 0, 0

    def take(self, event: dict) -> None:
        cause, state = event.get("cause"), event["task"].get("state")
        if cause:
            before, after = WAYS[cause]
            if cause == "cancelled" and self.state == state == "running":
                return  # Its worker is asked to give up.
            assert (self.state is None or self.state in before) and state in after, (self.state, event)
            assert event.get("late") is True or cause not in ("completed", "retrying", "failed") or self.state == "running", event
        if cause == "claimed":
            assert event["lease"]["fence"] == event["seq"] > self.fence, event
            self.fence = event["seq"]
            self.attempt += 1
            assert event["attempt"] == self.attempt, event
        elif cause in ("released", "undelivered"):
            self.attempt -= 1
        elif cause == "retried" or cause is None and self.state in ENDED and state not in ENDED:
            self.attempt = 0
        self.completions += cause == "completed"
        self.state = state


def audit(events: list[dict]) -> dict[str, History]:
    """Checks the events of tasks from their creation on; their histories by id."""
    histories: dict[str, History] = {}
    for earlier, event in zip([None, *events], events):
        assert earlier is None or event["seq"] == earlier["seq"] + 1, "the numbers have a gap"
        id = event["task"]["id"]
        if event["event"] == "task.created":
            assert id not in histories
            histories[id] = History()
        if event["event"] in ("task.created", "task.updated") and id in histories:
            histories[id].take(event)
    return histories
