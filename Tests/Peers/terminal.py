"""A program with a terminal of its own, for what it does only there."""

import contextlib
import errno
import fcntl
import os
import pty
import select
import termios


@contextlib.contextmanager
def terminal(program, *flags):
    """The program with a terminal of its own; what is written to `keyboard` is typed there."""
    keyboard, screen = pty.openpty()

    def take_terminal():
        os.setsid()
        fcntl.ioctl(screen, termios.TIOCSCTTY, 0)

    server = program.start(*flags, stdin=screen, stdout=screen, stderr=screen, preexec_fn=take_terminal)
    os.close(screen)
    try:
        yield server, keyboard
    finally:
        server.stop()
        os.close(keyboard)


def read_screen(keyboard: int, seconds: float) -> bytes:
    seen = b""
    while select.select([keyboard], [], [], seconds)[0]:
        try:
            seen += os.read(keyboard, 65_536)
        except OSError as error:
            assert error.errno == errno.EIO, "how a terminal says that nobody is there any more"
            break
    return seen
