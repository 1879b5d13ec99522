"""Spoils inputs at random, the same way for the same seed."""

import random

# What parsers stumble over.
TOKENS = [
    b"\r\n", b"\r", b"\n", b"\r\n\r\n", b" ", b"\t", b"\0", b"\x01", b"\x0b", b"\x7f", b"\x80", b"\xff", b":", b",",
    b";", b"\"", b"\\", b"=", b"#", b"*", b"+", b"-", b"0", b"1", b"5", b"f", b"chunked", b"close", b"keep-alive",
    b"HTTP/1.0", b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"Connection: ", b"Host: y\r\n",
    b"A: b\r\n", b"hello", b"5\r\nhello\r\n", b"0\r\n\r\n", b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n",
    b"99999999999999999999",
]


class Mutator:
    def __init__(self, seed: int, inputs: list[bytes]):
        self.random, self.inputs = random.Random(seed), inputs

    def next(self) -> bytes:
        text = bytearray(self.one())
        for _ in range(self.random.choice((1, 1, 1, 2, 3))):
            self.random.choice(self.CHANGES)(self, text)
        return bytes(text)

    def one(self) -> bytes:
        return self.random.choice(self.inputs)

    def cut(self, text: bytes) -> list[bytes]:
        """The same in two pieces, one of which may be empty."""
        place = self.random.randrange(len(text) + 1)
        return [text[:place], text[place:]]

    def place(self, text: bytearray) -> slice:
        start = self.random.randrange(len(text) + 1)
        return slice(start, start + self.random.choice((1, 1, 2, 4, 16)))

    def flip(self, text: bytearray) -> None:
        if text:
            text[self.random.randrange(len(text))] ^= 1 << self.random.randrange(8)

    def replace(self, text: bytearray) -> None:
        text[self.place(text)] = self.random.choice(TOKENS)

    def insert(self, text: bytearray) -> None:
        start = self.place(text).start
        text[start:start] = self.random.choice(TOKENS)

    def delete(self, text: bytearray) -> None:
        del text[self.place(text)]

    def double(self, text: bytearray) -> None:
        place = self.place(text)
        text[place.start:place.start] = text[place]

    def splice(self, text: bytearray) -> None:
        """Goes on as another input does from a line of it."""
        lines, others = bytes(text).splitlines(True), self.one().splitlines(True)
        place, other = (self.random.randrange(len(some) + 1) for some in (lines, others))
        text[:] = b"".join(lines[:place] + others[other:])

    def follow(self, text: bytearray) -> None:
        """Another input comes behind, on the same connection."""
        text += self.one()

    CHANGES = (flip, replace, insert, delete, double, splice, follow)
