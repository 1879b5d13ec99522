#!/usr/bin/env python3
"""Fails on an import that the design does not allow: nothing points up, only UVCore touches libuv, only UVCrypto OpenSSL,
only UVCompression zlib, only TaskStorage SQLite and hiredis.

Usage: scripts/check-imports.py [--root DIRECTORY] [--self-test]
"""

import argparse
import re
import sys
import tempfile
from pathlib import Path

PLATFORM = {"Darwin", "Glibc", "Musl", "Synchronization"}
COLLECTIONS = {"BasicContainers", "BitCollections", "Collections", "DequeModule", "HashTreeCollections", "HeapModule",
               "OrderedCollections"}
ANYWHERE = PLATFORM | COLLECTIONS | {"Logging"}

# One row a folder of Sources, as in the table of modules in the design. The longest folder that fits a file counts.
# Code that uses UVHTTP's names of methods and fields has to import HTTPTypes too, to see their members.
ALLOWED = {
    "UVCore": ANYWHERE | {"CLibUV"},
    # Bytes in, bytes out. Of UVCore it knows what a layer of a socket is, and the loop's thread.
    "UVCrypto": PLATFORM | {"COpenSSL", "UVCore"},
    # Bytes in, bytes out: of UVCore it uses what reads a byte.
    "UVCompression": PLATFORM | {"CZlib", "UVCore"},
    "UVHTTP": ANYWHERE | {"UVCore", "HTTPTypes"},
    # Codecs are pure values: bytes in, a step out, and neither a socket nor a clock to reach for. Of UVCore they use what
    # compares text as bytes.
    "UVHTTP/Codec": COLLECTIONS | {"HTTPTypes", "UVCore"},
    "UVHTTPExtras": ANYWHERE | {"UVHTTP", "UVCompression", "UVCore", "HTTPTypes", "FoundationEssentials", "Foundation"},
    "UVTesting": PLATFORM | {"UVHTTP", "UVWebSocket", "UVCore", "HTTPTypes"},
    "UVWebSocket": ANYWHERE | {"UVHTTP", "UVCompression", "UVCore", "HTTPTypes", "UVCrypto"},
    "UVWebSocket/Codec": COLLECTIONS | {"HTTPTypes", "UVCompression", "UVCore", "UVCrypto"},
    "UVWebSocketExtras": ANYWHERE | {"UVHTTPExtras", "UVWebSocket", "FoundationEssentials", "Foundation"},
    "UVTasks": ANYWHERE | {"UVWebSocket", "UVHTTP", "UVCore", "UVCrypto", "HTTPTypes"},
    # No input or output, no clock, no randomness: not even the platform's C library.
    "TaskEngine": COLLECTIONS,
    "TaskStorage": ANYWHERE | {"TaskEngine", "UVCore"},
    "TaskStorage/Redis": ANYWHERE | {"TaskEngine", "UVCore", "CHiredis"},
    "TaskStorage/SQLite": ANYWHERE | {"TaskEngine", "UVCore", "CSQLite"},
    "TaskService": ANYWHERE | {"UVCore", "UVCrypto", "UVHTTP", "UVWebSocket", "TaskEngine", "TaskStorage", "HTTPTypes",
                               "FoundationEssentials"},
    # What the programs' `main` have in common.
    "ProgramMain": PLATFORM | {"UVCore", "ArgumentParser"},
    "taskflow": PLATFORM | {"ProgramMain", "UVCore", "UVCrypto", "UVTasks", "TaskService", "ArgumentParser", "Logging"},
    "echo": PLATFORM | {"ProgramMain", "UVCore", "UVCrypto", "UVHTTP", "UVWebSocket", "HTTPTypes", "ArgumentParser", "Logging"},
    "websocket-client": PLATFORM | {"ProgramMain", "UVCore", "UVCrypto", "UVWebSocket", "UVTasks", "FoundationEssentials",
                                    "ArgumentParser", "Logging"},
    "exercises": PLATFORM | COLLECTIONS | {"ProgramMain", "UVCore", "UVHTTP", "UVWebSocket", "TaskEngine", "HTTPTypes",
                                           "ArgumentParser"},
    # Node reads a program from a file, which has to be written.
    "exercises/Sides": PLATFORM | {"UVCore", "FoundationEssentials", "Foundation"},
    # Recordings are JSON.
    "exercises/Recording": PLATFORM | {"UVCore", "FoundationEssentials", "Foundation"},
    "Embedding": {"FoundationEssentials", "Foundation"},
    "embed-documents": {"Embedding", "FoundationEssentials", "Foundation"},
    "embed-exercises": {"Embedding", "FoundationEssentials", "Foundation"},
    "embed-page": {"Embedding", "FoundationEssentials", "Foundation"},
    "embed-recordings": {"Embedding", "FoundationEssentials", "Foundation"},
}

IMPORT = re.compile(
    r"(?:^|;)\s*(?:@\w+(?:\([^)]*\))?\s+)*"  # @testable, @preconcurrency, @_spi(…)
    r"(?:(?:public|package|internal|fileprivate|private)\s+)?"
    r"import\s+(?:(?:typealias|struct|class|enum|protocol|actor|let|var|func)\s+)?"
    r"`?(\w+)",
    re.MULTILINE,
)
NOT_CODE = re.compile(r'#*"""[\s\S]*?"""#*|/\*[\s\S]*?\*/|//[^\n]*')


def row(path: Path) -> set[str] | None:
    folders = [parent.as_posix() for parent in path.parents]
    return next((ALLOWED[folder] for folder in folders if folder in ALLOWED), None)


def violations(sources: Path) -> list[str]:
    found = []
    for file in sorted(sources.rglob("*.swift")):
        path = file.relative_to(sources)
        allowed = row(path)
        if allowed is None:
            found.append(f"Sources/{path}: no row for this folder in {Path(__file__).name}")
            continue
        # Newlines stay, so that the line numbers do.
        code = NOT_CODE.sub(lambda match: "\n" * match[0].count("\n"), file.read_text())
        for match in IMPORT.finditer(code):
            if match[1] not in allowed:
                line = code.count("\n", 0, match.start(1)) + 1
                found.append(f"Sources/{path}:{line}: {path.parts[0]} must not import {match[1]}")
    return found


def self_test() -> None:
    """Every row of `cases` is written as a file; exactly those that name a module must be reported."""
    cases = [
        ("UVCore/Loop/A.swift", "import CLibUV\nimport DequeModule", None),
        ("UVHTTP/B.swift", "public import UVCore\nimport struct HTTPTypes.HTTPFields", None),
        ("UVHTTP/C.swift", "import UVCore; import CLibUV", "Sources/UVHTTP/C.swift:1: UVHTTP must not import CLibUV"),
        ("UVHTTP/D.swift", '/*\nimport CLibUV\n*/ // import GRDB\nlet a = """\n    import GRDB\n    """', None),
        ("UVHTTP/Codec/E.swift", "internal import Logging",
         "Sources/UVHTTP/Codec/E.swift:1: UVHTTP must not import Logging"),
        ("UVWebSocket/Codec/E.swift", "import COpenSSL",
         "Sources/UVWebSocket/Codec/E.swift:1: UVWebSocket must not import COpenSSL"),
        ("TaskEngine/F.swift", "@preconcurrency import Glibc",
         "Sources/TaskEngine/F.swift:1: TaskEngine must not import Glibc"),
        ("UVCore/G.swift", "#if os(Linux)\n    @_exported import UVHTTP\n#endif",
         "Sources/UVCore/G.swift:2: UVCore must not import UVHTTP"),
        ("Elsewhere/H.swift", "let a = 1", "Sources/Elsewhere/H.swift: no row for this folder in check-imports.py"),
    ]
    with tempfile.TemporaryDirectory() as directory:
        for name, text, _ in cases:
            file = Path(directory, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text + "\n")
        found = violations(Path(directory))
    expected = sorted(report for _, _, report in cases if report)
    if sorted(found) != expected:
        sys.exit("check-imports: self-test failed\n" + "\n".join(["found:", *found, "expected:", *expected]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent, help="the repository")
    parser.add_argument("--self-test", action="store_true", help="check the check itself")
    arguments = parser.parse_args()
    if arguments.self_test:
        self_test()
        return
    sources = arguments.root / "Sources"
    if not sources.is_dir():
        sys.exit(f"check-imports: no folder {sources}")
    found = violations(sources)
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
