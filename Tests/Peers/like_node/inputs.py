"""The inputs, as the files beside this one have them.

    # A remark.
    = A frame: what stands around each of the inputs that follow
    | GET / HTTP/1.1
    $                         where the input stands
    |

    the name of an input
    | Host: x

A line is what follows `| `, with CR LF behind it, or without where it ends in a backslash. `\\r`, `\\n`, `\\t`, `\\0`,
`\\s` (a space), `\\\\` and `\\xff` are bytes, and `{a*100}` is a hundred times what stands before the asterisk.
"""

import re
from dataclasses import dataclass
from pathlib import Path

ESCAPES = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "s": " ", "\\": "\\"}


@dataclass(frozen=True)
class Input:
    name: str
    bytes: bytes

    def __str__(self) -> str:
        return self.name


def all_inputs() -> list[Input]:
    return [one for file in sorted(Path(__file__).parent.glob("inputs/*.txt")) for one in inputs_of(file)]


def inputs_of(file: Path) -> list[Input]:
    found, before, behind = [], b"", b""
    for title, lines in blocks(file.read_text()):
        if title.startswith("= "):
            place = lines.index("$")
            before, behind = bytes_of(lines[:place]), bytes_of(lines[place + 1:])
        else:
            found.append(Input(f"{file.stem}: {title}", before + bytes_of(lines) + behind))
    return found


def blocks(text: str):
    """Each title with the lines below it."""
    title, lines = None, []
    for line in text.splitlines():
        if line == "$" or line.startswith("|"):
            lines.append(line)
        elif line and not line.startswith("#"):
            if title:
                yield title, lines
            title, lines = line, []
    yield title, lines


def bytes_of(lines: list[str]) -> bytes:
    return "".join(map(text_of, lines)).encode("latin-1")


def text_of(line: str) -> str:
    line = re.sub(r"^\| ?", "", line)
    is_open = re.fullmatch(r"(?:[^\\]|\\.)*\\", line) is not None
    text = unescaped(line[:-1] if is_open else line)
    return text if is_open else text + "\r\n"


def unescaped(text: str) -> str:
    text = re.sub(r"\{([^{}]+)\*(\d+)\}", lambda match: match[1] * int(match[2]), text)
    return re.sub(r"\\(x[0-9a-f]{2}|.)", lambda match: byte(match[1]), text)


def byte(escape: str) -> str:
    return chr(int(escape[1:], 16)) if escape[0] == "x" else ESCAPES[escape]
