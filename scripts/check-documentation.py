#!/usr/bin/env python3
"""Finds what is missing in the documentation of one library: public names without a text, and those that its first page
does not lead to.

A member that a protocol of another library asks for, such as `hash(into:)`, is described there.
"""

import argparse
import json
import re
import sys
from pathlib import Path


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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path, help="the first page of the library's documentation")
    parser.add_argument("graphs", type=Path, help="the folder with its symbol graphs")
    arguments = parser.parse_args()
    page, folder = arguments.page, arguments.graphs
    # Beside it are the graphs of what the library adds to other modules.
    own = folder / f"{page.stem}.symbols.json"
    graphs = [json.loads(path.read_text()) for path in sorted(folder.glob("*.symbols.json"))]
    faults = [f"no text for the {name}" for graph in graphs for name in undocumented(graph)]
    faults += [f"{page} does not lead to {name}" for name in unreachable(json.loads(own.read_text()), page.read_text())]
    for fault in faults:
        print(f"{page.stem}: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
