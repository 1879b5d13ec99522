"""Programs of an HTTP server whose answers are given in any order while it closes; clients in the same process pipeline
requests.

`client 3` opens a connection; 3 is called when it is open, and asks for something at once: `get 4` sends `GET /4`, and 4
is called when the server has got it. The words about bodies and answers are about such a request, and what happens to
it is said: `4 data 3`, `4 end`, `4 finish`, `4 answer close`. When a connection has closed its client says whether by
an error, and all that it has got: `3 got false HTTP/1.1 200 OK|…`.

Left out is what depends on the clock or differs by intent:

- A client acts in a callback of its own, after what was done before has arrived. So does the server that closes, since
  Node loses what it has not finished by then; and so does what destroys an answer, since Node still begins the requests
  that were read with its own.
- A server closes when every connection either is idle or ends with its answers, since its client has said so. In Node
  another one would be kept for its idle time, as would one without a request.
- Clients that leave in one turn are told in the order of their names: what a callback writes to several of them goes out
  connection by connection here, and in Node in the order of the writes.
- At most one connection is closed because it is idle, or because all are: Node takes them in the order of their places
  in memory.
- Answers end when their requests are not paused: in Node the rest of a body stays unread.
- No client leaves amid a body whose request was answered, and none is answered whose client has: Node answers 400, too.
- Nothing is said of an answer that has not had its turn when its connection ends, and, of a request that was answered
  before its body came, only its end: Node does not know of either any more.
- Nothing throws in the callback of a request, or in a tick: between two pieces of a body it would end Node's parser.
- Nothing is asked behind a request of HTTP/1.0: Node begins it though the answer before it ends the connection.
- The head of an answer to HEAD is sent with the first write, not with its end.
- What is left open ends by itself: when nothing was said for a while the clients leave, one by one.
"""

from .generator import Generator

CALLS = {"client": 4, "tick": 2, "microtask": 1, "immediate": 2, "timeout": 1, "close-http": 2, "close-idle": 1,
         "close-all": 1}
KEPT = {"get": 3, "head": 1, "post": 3, "post-chunked": 2}
ASKS = KEPT | {"get-last": 5, "get-old": 1, "get-old-kept": 1, "post-last": 4, "post-part": 3}
ENDS = {"end-answer": 5, "end-empty": 1}
OF_REQUESTS = {"read-body": 2, "pause-body": 1, "resume-body": 1, "begin-answer": 2, "write-answer": 4,
               "destroy-answer": 1, "rest": 2} | ENDS
OF_CLIENTS = {"leave": 1, "reset": 1}


class HTTP(Generator):
    CHANGES = 0.55

    def __init__(self, seed):
        self.clients, self.requests = [], []
        super().__init__(seed)

    def words(self):
        return CALLS | {"get": 1, "post": 1, "get-last": 1}, OF_REQUESTS | OF_CLIENTS

    def main(self):
        return [self.ask({"client": 1}, depth=0)] + super().main()

    def callback(self, depth):
        steps = super().callback(depth)
        if self.requests and self.happens(0.65):
            steps.insert(0, f"{self.one_of(ENDS)} {self.random.choice(self.requests[-4:])}")
        return steps

    def body(self, word, depth):
        name = self.names[-1]
        if word == "client":
            self.clients.append(name)
            before_last = self.random.choice([0, 0, 1, 2, 3])
            return [self.ask(KEPT, depth) for _ in range(before_last)] + [self.ask(ASKS, depth)]
        if word in ASKS:
            self.requests.append(name)
        steps = self.callback(depth)
        if word.startswith("post") and self.happens(0.4):
            steps.insert(0, f"read-body {name}")
        return [step for step in steps if step != "throw"] if word in ASKS or word == "tick" else steps

    def target(self, change):
        return self.random.choice((self.clients if change in OF_CLIENTS else self.requests) or self.names)

    @classmethod
    def all_words(cls):
        return {*CALLS, *ASKS, *OF_REQUESTS, *OF_CLIENTS, *cls.WORDS}
