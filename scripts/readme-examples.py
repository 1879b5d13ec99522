#!/usr/bin/env python3
"""Keeps the examples of the documentation the same as the programs in Tests/Consumer that the tests build and run."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = re.compile(r"(<!-- (\S+\.swift) -->\n```swift\n)(.*?)(```)", re.DOTALL)

PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")), *sorted(ROOT.glob("Sources/*/*.docc/*.md"))]

USAGE = """Usage: scripts/readme-examples.py [--write]

Fails if an example in README.md, docs/ or a library's documentation differs from the file that the comment above it names.
  --write   puts the files into the pages instead
"""


def main() -> int:
    if sys.argv[1:] not in ([], ["--write"]):
        if sys.argv[1:] in (["--help"], ["-h"]):
            print(USAGE, end="")
            return 0
        print(f"readme-examples: {' '.join(sys.argv[1:])} is not understood, see --help", file=sys.stderr)
        return 64
    differs = False
    for page in PAGES:
        text = page.read_text()
        wanted = EXAMPLE.sub(lambda match: match[1] + (ROOT / match[2]).read_text() + match[4], text)
        if sys.argv[1:]:
            page.write_text(wanted)
        elif wanted != text:
            print(f"{page.name}: an example differs from its program; scripts/readme-examples.py --write mends it")
            differs = True
    return 1 if differs else 0


sys.exit(main())
