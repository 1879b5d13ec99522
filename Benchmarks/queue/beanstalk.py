"""beanstalk.py PORT JOBS: puts, reserves and deletes jobs, sixteen commands in one write; every answer is checked."""

import socket
import sys

AT_ONCE = 16
BODY = b'{"to":"a@b.c"}'

port, jobs = int(sys.argv[1]), int(sys.argv[2])
connection = socket.create_connection(("127.0.0.1", port))
connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
answers = connection.makefile("rb")


def expect(word: bytes) -> bytes:
    line = answers.readline()
    if not line.startswith(word):
        sys.exit(f"beanstalk: {line!r} in place of {word!r}")
    return line


for _ in range(jobs // AT_ONCE):
    connection.sendall((b"put 0 0 60 %d\r\n%s\r\n" % (len(BODY), BODY)) * AT_ONCE)
    for _ in range(AT_ONCE):
        expect(b"INSERTED")
    connection.sendall(b"reserve\r\n" * AT_ONCE)
    numbers = []
    for _ in range(AT_ONCE):
        numbers.append(expect(b"RESERVED").split()[1])
        answers.read(len(BODY) + 2)
    connection.sendall(b"".join(b"delete %s\r\n" % number for number in numbers))
    for _ in range(AT_ONCE):
        expect(b"DELETED")
