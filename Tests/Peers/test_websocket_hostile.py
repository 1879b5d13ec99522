"""Clients that keep to the letter of WebSocket, and mean ill: floods, empty frames, closes without an end.

Of each: what it gets, what it costs the server, and that the others are served meanwhile.
"""

import contextlib
import json
import select
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from raw_websocket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, RawWebSocket, closing, frame, in_fragments

MEBIBYTE, FRAGMENTS = 1 << 20, 4_096
ASK = b'{"type":"ping"}'
# What a client may have to wait beside a hostile one, on a machine with other work.
SOON = 1.0


@contextlib.contextmanager
def gone_within(server, seconds: float, count: int = 1):
    """So many connections that are open before the block are gone so soon behind it, though their clients stay."""
    left = server.descriptors() - count
    yield
    deadline = time.monotonic() + seconds
    while server.descriptors() > left:
        assert time.monotonic() < deadline, f"{server.descriptors() - left} descriptors too many"
        time.sleep(0.02)  # Between two looks; being right does not hang on it.


def nothing_left_behind(server, seconds: float = 8):
    """Whatever is opened in the block is gone so soon behind it."""
    return gone_within(server, seconds, 0)


def live(server) -> RawWebSocket:
    """A WebSocket of taskflow that was greeted."""
    websocket = RawWebSocket(server, "/ws/tasks")
    assert json.loads(websocket.read().payload)["event"] == "connection.ready"
    return websocket


class Bystander(threading.Thread):
    """A client that asks again and again, and the longest that it has waited for an answer."""

    def __init__(self, websocket: RawWebSocket):
        super().__init__()
        self.websocket, self.stopped, self.slowest, self.answers = websocket, threading.Event(), 0.0, 0

    def __enter__(self) -> "Bystander":
        self.start()
        return self

    def run(self) -> None:
        while not self.stopped.is_set():
            begin = time.monotonic()
            # It is known to both servers.
            self.websocket.send(frame(TEXT, ASK))
            if not self.websocket.read():
                return
            self.slowest, self.answers = max(self.slowest, time.monotonic() - begin), self.answers + 1

    def __exit__(self, *_) -> None:
        self.stopped.set()
        self.join(20)
        self.websocket.socket.close()
        assert not self.is_alive() and self.answers > 0, "the bystander was not served"
        assert self.slowest < SOON, f"the bystander has waited for {self.slowest:.2f} s"


# Fragments. Of taskflow: echo takes any number of them, as the suites of Autobahn ask it to.


@pytest.mark.parametrize("piece", [b"", b" "], ids=["empty", "of one byte"])
def test_as_many_fragments_as_allowed_are_a_message_and_one_more_is_1009(taskflow, piece):
    with nothing_left_behind(taskflow), live(taskflow) as websocket:
        websocket.send(in_fragments(TEXT, ASK, *[piece] * (FRAGMENTS - 1)))
        assert json.loads(websocket.read().payload)["event"] == "pong"
        websocket.send(in_fragments(TEXT, ASK, *[piece] * FRAGMENTS), frame(TEXT, ASK))
        end, = websocket.rest()
        assert (end.opcode, end.code) == (CLOSE, 1009)


def test_the_fragment_too_many_is_refused_before_the_last_one_comes(taskflow):
    with live(taskflow) as websocket:
        websocket.send(frame(TEXT, is_final=False), frame(CONTINUATION, is_final=False) * FRAGMENTS)
        assert [end.code for end in websocket.rest()] == [1009]


def test_a_flood_of_fragments_costs_no_memory_and_the_others_are_served(taskflow):
    """Messages of as many fragments as allowed, again and again, nearly all empty, with a ping in the middle of each."""
    half = frame(CONTINUATION, is_final=False) * (FRAGMENTS // 2 - 1)
    message = frame(TEXT, ASK, is_final=False) + half + frame(PING, b"amid") + half + frame(CONTINUATION)
    with live(taskflow) as websocket, Bystander(live(taskflow)):
        before, count = taskflow.resident_bytes(), 100
        sender = threading.Thread(target=websocket.flood, args=(message, count))
        sender.start()
        got = [websocket.read() for _ in range(2 * count)]
        sender.join()
        assert got[::2] == [(PONG, b"amid")] * count
        assert {json.loads(answer.payload)["event"] for answer in got[1::2]} == {"pong"}
        assert taskflow.resident_bytes() - before < 8 * MEBIBYTE


def test_what_400_clients_leave_unfinished_is_bounded_and_the_oldest_give_way(fresh):
    """Of each message the last byte is missing. 256 MiB may be kept of all, so 144 are given up."""
    data, room, given = frame(TEXT, bytes(MEBIBYTE)), 256, 144
    with contextlib.ExitStack() as stack:
        websockets = [stack.enter_context(live(fresh)) for _ in range(room + given)]
        before = fresh.resident_bytes()
        closed = select.poll()
        for websocket in websockets:
            closed.register(websocket.socket, select.POLLIN)
        with Bystander(live(fresh)):
            for websocket in websockets:
                websocket.send(data[:-1])
            deadline = time.monotonic() + 20
            while len(closed.poll(20)) < given:
                assert time.monotonic() < deadline, f"{len(closed.poll(0))} of {given} are closed"
        descriptors = {descriptor for descriptor, _ in closed.poll(0)}
        ended = [websocket for websocket in websockets if websocket.socket.fileno() in descriptors]
        # Up to a few whose first bytes came at the same moment.
        assert len(set(ended) & set(websockets[:given])) > given - 10
        assert fresh.resident_bytes() - before < (room + 40) * MEBIBYTE
        assert [[end.code for end in websocket.rest()] for websocket in ended] == given * [[1013]]
        for websocket in set(websockets) - set(ended):
            websocket.send(data[-1:])
            assert json.loads(websocket.read().payload)["code"] == "INVALID_MESSAGE"


def test_a_message_that_does_not_come_holds_what_has_come_of_it(taskflow):
    """100 clients that announce 1 MiB and send a byte of it."""
    with nothing_left_behind(taskflow), contextlib.ExitStack() as stack:
        websockets = [stack.enter_context(live(taskflow)) for _ in range(100)]
        before = taskflow.resident_bytes()
        for websocket in websockets:
            websocket.send(frame(TEXT, bytes(MEBIBYTE))[:15])
        with Bystander(live(taskflow)):
            pass
        assert taskflow.resident_bytes() - before < 8 * MEBIBYTE


# Pings


def numbered(number: int) -> bytes:
    """As much as a ping may hold."""
    return frame(PING, b"%0125d" % number)


def test_every_ping_of_a_client_that_reads_is_answered(echo):
    with RawWebSocket(echo) as websocket:
        for start in range(0, 1_000, 100):
            websocket.send(*map(numbered, range(start, start + 100)))
            assert [websocket.read() for _ in range(100)] == [
                (PONG, b"%0125d" % number) for number in range(start, start + 100)]


def test_of_a_flood_of_pings_that_reads_no_pong_the_last_is_answered_and_little_is_kept(echo):
    """RFC 6455 section 5.5.3. What the system's buffers take is answered; behind that the answers do not queue up."""
    count = 60_000
    pings = b"".join(map(numbered, range(count)))
    with nothing_left_behind(echo), RawWebSocket(echo, connection=echo.connect(receive_buffer=4096)) as websocket:
        before = echo.resident_bytes()
        with Bystander(RawWebSocket(echo)):
            websocket.send(pings)
        assert echo.resident_bytes() - before < 8 * MEBIBYTE
        websocket.send(frame(TEXT, b"behind"))
        pongs = []
        while (got := websocket.read()).opcode == PONG:
            pongs.append(int(got.payload))
        assert got == (TEXT, b"behind")
        if pongs[-1] != count - 1:
            # It waits for the client to have read the others.
            pongs.append(int(websocket.read().payload))
        assert pongs == sorted(set(pongs)) and pongs[-1] == count - 1, "in order, each once, and the last one"
        assert len(pongs) < count, "some were not answered"


def test_a_flood_of_pongs_that_were_not_asked_for_is_not_answered(echo):
    with RawWebSocket(echo) as websocket, Bystander(RawWebSocket(echo)):
        websocket.send(frame(PONG, bytes(125)) * 20_000, frame(TEXT, b"behind"))
        assert websocket.read() == (TEXT, b"behind")


# Closing


def test_what_comes_behind_a_close_is_not_heard(echo):
    with nothing_left_behind(echo), RawWebSocket(echo) as websocket:
        websocket.send(frame(TEXT, b"before"), closing(1000, b"bye"), frame(TEXT, b"behind"), frame(PING),
                       closing(1001), b"\xff" * 100)
        assert websocket.read() == (TEXT, b"before")
        assert [(end.opcode, end.code) for end in websocket.rest()] == [(CLOSE, 1000)]


# Behind these frames a connection is over, and the client goes on with it: it ends nothing, floods, or has not read 3 MiB.
ENDS = {"closed": closing(1000), "broken": b"\xff\xff"}


def ends_nothing(websocket: RawWebSocket, end: bytes) -> None:
    websocket.send(end)
    assert len(websocket.rest()) == 1


def floods(websocket: RawWebSocket, end: bytes) -> None:
    started = time.monotonic()
    websocket.send(end)
    while websocket.flood(frame(BINARY, bytes(60_000)), 10) == 10:
        assert time.monotonic() - started < 10, "it was not cut off"


def reads_nothing(websocket: RawWebSocket, end: bytes) -> None:
    websocket.send(*[frame(BINARY, bytes(MEBIBYTE))] * 3, end)


def test_clients_that_do_not_end_a_connection_are_cut_off(echo):
    """Within the 5 s of the close handshake. What they send meanwhile is thrown away."""
    manners = [(manner, end) for manner in (ends_nothing, floods, reads_nothing) for end in ENDS.values()]
    with contextlib.ExitStack() as stack, ThreadPoolExecutor(len(manners)) as pool:
        websockets = [stack.enter_context(RawWebSocket(echo, connection=echo.connect(receive_buffer=4096))) for _ in manners]
        before = echo.resident_bytes()
        with Bystander(RawWebSocket(echo)), gone_within(echo, 10, len(manners)):
            for one in [pool.submit(manner, websocket, end) for websocket, (manner, end) in zip(websockets, manners)]:
                one.result(20)
        assert echo.resident_bytes() - before < 32 * MEBIBYTE


# Halves


@pytest.mark.plain_only("TLS tells the end of a side in a record of its own")
@pytest.mark.parametrize("before", [b"", frame(TEXT, b"message"), frame(TEXT, b"message")[:-1],
                                    frame(TEXT, is_final=False), b"\x81"],
                         ids=["between frames", "behind a message", "in a frame", "in a message", "in a header"])
def test_a_client_that_ends_its_side_without_a_close_is_gone(echo, before):
    with nothing_left_behind(echo, 3):
        with RawWebSocket(echo) as websocket:
            websocket.send(before)
            websocket.socket.shutdown(socket.SHUT_WR)
            started = time.monotonic()
            with contextlib.suppress(ConnectionError):
                assert websocket.rest() in ([], [(TEXT, b"message")])
            assert time.monotonic() - started < SOON, "nothing can come of it any more"


@pytest.mark.plain_only("TLS tells the end of a side in a record of its own")
def test_a_client_that_closes_and_ends_its_side_is_answered(echo):
    with nothing_left_behind(echo, 3), RawWebSocket(echo) as websocket:
        websocket.send(frame(TEXT, b"message"), closing(3000, b"over"))
        websocket.socket.shutdown(socket.SHUT_WR)
        message, end = websocket.rest()
        assert message == (TEXT, b"message") and (end.opcode, end.code) == (CLOSE, 3000)


# Slow ones


def test_a_message_in_single_bytes_is_a_message_and_costs_the_others_nothing(echo):
    text = frame(TEXT, bytes(range(32, 127)) * 10)
    with RawWebSocket(echo) as websocket, Bystander(RawWebSocket(echo)):
        for byte in text + closing(1000):
            websocket.send(bytes([byte]))
        message, end = websocket.rest()
        assert message.payload == text[8:] and end.code == 1000


@pytest.mark.slow
def test_a_byte_a_second_is_a_sign_of_life_and_holds_one_connection(echo):
    """For longer than the 30 s and 30 s of the heartbeat: it is not even pinged. What it holds is its unfinished message."""
    with RawWebSocket(echo) as websocket, Bystander(RawWebSocket(echo)):
        before = echo.resident_bytes()
        for byte in frame(TEXT, b"a" * 64):
            websocket.send(bytes([byte]))
            time.sleep(1)
        assert websocket.read() == (TEXT, b"a" * 64)
        assert echo.resident_bytes() - before < 4 * MEBIBYTE
