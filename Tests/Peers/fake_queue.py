"""A server of the queue's calls that a test fills with tasks: what its programs ask, without what decides on it."""

import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FakeQueue:
    """Gives each task to the first claim, takes what comes of it, and waits with a claim as long as there is nothing."""

    def __init__(self):
        self.ready: list[dict] = []
        # What has come of each task, by its id: the kind of outcome, and what was said.
        self.told: dict[str, tuple[str, dict]] = {}
        self.cancelled: set[str] = set()
        self.made: list[dict] = []
        self.limits: list[int] = []
        # Answers that are given in place of the next ones: status and Retry-After.
        self.refusals: list[tuple[int, str]] = []
        self.changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def add(self, payload=None, kind: str = "kind", lease: float = 30) -> str:
        id = str(uuid.uuid4())
        with self.changed:
            self.ready.append({"id": id, "type": kind, "payload": payload, "attempt": 2,
                               "lease": {"fence": 40 + len(self.ready), "seconds": lease, "worker": "w"}})
            self.changed.notify_all()
        return id

    def outcome(self, id: str, seconds: float = 30) -> tuple[str, dict]:
        with self.changed:
            assert self.changed.wait_for(lambda: id in self.told, seconds), f"nothing is told of {id}"
            return self.told[id]

    def work(self, turn: dict) -> dict:
        with self.changed:
            answer = {}
            for kind in ("complete", "fail", "release", "renew"):
                answer[kind] = [{"id": item["id"], "ok": True, "cancelRequested": item["id"] in self.cancelled}
                                for item in turn.get(kind, [])]
                if kind != "renew":
                    self.told |= {item["id"]: (kind, item) for item in turn.get(kind, [])}
            self.changed.notify_all()
            answer["tasks"] = []
            if claim := turn.get("claim"):
                self.limits.append(claim["limit"])
                self.changed.wait_for(lambda: self.ready, claim["wait"])
                answer["tasks"] = self.ready[:claim["limit"]]
                del self.ready[:claim["limit"]]
            return answer

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(queue):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if queue.refusals:
                    status, seconds = queue.refusals.pop(0)
                    return self.answer(status, {"error": {"code": "REFUSED", "message": "No."}}, seconds)
                if self.path == "/tasks/work":
                    return self.answer(200, queue.work(body))
                queue.made.append(body)
                self.answer(201, {"id": "made", "title": "t", "status": "pending", "priority": 1} | body)

            def do_GET(self):
                task = {"id": "one", "title": "\x1b[2J", "status": "pending", "state": "ready", "priority": 5, "type": "kind"}
                self.answer(200, [task] if self.path.startswith("/tasks?") else task)

            def answer(self, status: int, body: object, seconds: str | None = None):
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                if seconds:
                    self.send_header("Retry-After", seconds)
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        return Handler
