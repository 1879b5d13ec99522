#!/usr/bin/env python3
"""Finds what is missing in the documentation of the libraries: public names without a text, and types that a library's first
page does not lead to.

A member that a protocol of another library asks for, such as `hash(into:)`, is described there.
"""

import argparse
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def undocumented(graph: dict) -> list[str]:
    described_elsewhere = {relation["source"] for relation in graph["relationships"] if "sourceOrigin" in relation}
    return [
        f"{symbol['kind']['displayName'].lower()} {'.'.join(symbol['pathComponents'])}"
        for symbol in graph["symbols"]
        if "docComment" not in symbol and symbol["kind"]["identifier"] != "swift.extension"
        and symbol["identifier"]["precise"] not in described_elsewhere
    ]


def unreachable(graph: dict, page: str) -> list[str]:
    linked = set(re.findall(r"^- ``(\w+)``$", page, re.MULTILINE))
    return [
        symbol["pathComponents"][0]
        for symbol in graph["symbols"]
        if len(symbol["pathComponents"]) == 1 and symbol["pathComponents"][0] not in linked
    ]


def faults(folder: Path) -> list[str]:
    library = folder.name
    page = ROOT / "Sources" / library / f"{library}.docc" / f"{library}.md"
    # Beside its own is what the library adds to other modules.
    graphs = {path.name.removesuffix(".symbols.json"): json.loads(path.read_text()) for path in folder.glob("*.json")}
    missing = [f"no text for the {name}" for _, graph in sorted(graphs.items()) for name in undocumented(graph)]
    lost = [f"the first page does not lead to {name}" for name in unreachable(graphs[library], page.read_text())]
    return [f"{library}: {fault}" for fault in missing + lost]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graphs", type=Path, default=ROOT / ".build" / "documentation" / "graphs",
                        help="a folder with the symbol graphs of each library, by default those of documentation.sh")
    folders = sorted(path for path in parser.parse_args().graphs.glob("*") if path.is_dir())
    found = [fault for folder in folders for fault in faults(folder)]
    print("\n".join(found) or f"{len(folders)} libraries")
    return 1 if found or not folders else 0


if __name__ == "__main__":
    sys.exit(main())
