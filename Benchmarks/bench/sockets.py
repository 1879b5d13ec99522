"""The load that WebSocket clients make: all of them at once, each with its messages in flight."""

import time
from collections.abc import Callable
from contextlib import ExitStack, contextmanager

from .machine import on_load_core
from .rounds import Load
from .wire import WebSocket, random_message


def echo(clients: int, length: int, seconds: float) -> Callable[[int], Load]:
    """Each client sends a message and waits for it, again and again."""
    def load(port: int) -> Load:
        message, count = random_message(length), 0
        with opened(clients, port) as sockets:
            start = time.monotonic()
            while time.monotonic() < start + seconds:
                for socket in sockets:
                    socket.send(message)
                for socket in sockets:
                    socket.expect(message)
                count += clients
            return Load(count, time.monotonic() - start)
    return load


def broadcast(members: int, messages: int, length: int, seconds: float) -> Callable[[int], Load]:
    """One member sends `messages` at once, and all wait for all of them, again and again."""
    def load(port: int) -> Load:
        message, count = random_message(length), 0
        with opened(members, port) as sockets:
            start = time.monotonic()
            while time.monotonic() < start + seconds:
                sockets[0].send(message, times=messages)
                for socket in sockets:
                    socket.expect(message, times=messages)
                count += members * messages
            return Load(count, time.monotonic() - start)
    return load


@contextmanager
def opened(count: int, port: int):
    """Connects so many clients on the core of the load, and closes them at the end."""
    with on_load_core(), ExitStack() as stack:
        yield [stack.enter_context(WebSocket(port)) for _ in range(count)]
