"""scripts/bench.sh: measures Taskflow beside Node and beside C on libuv, on this machine, in one run."""

import argparse
import importlib
import json
import pkgutil
import sys
from dataclasses import dataclass
from pathlib import Path

from . import suites
from .programs import Programs


# The programs that need not be built.
GIVEN = ("taskflow", "echo")


@dataclass
class Options:
    programs: Programs
    # Fewer and shorter rounds.
    quick: bool


class Parser(argparse.ArgumentParser):
    """One that ends a wrong call as the other scripts do."""

    def error(self, message):
        self.exit(64, f"bench: {message}, see --help\n")


def names() -> list[str]:
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(suites.__path__))


def suite(name: str):
    return importlib.import_module(f"{suites.__name__}.{name.replace('-', '_')}")


def command_line() -> argparse.ArgumentParser:
    lines = [f"  {name:15} {(suite(name).__doc__ or '').splitlines()[0]}" for name in names()]
    parser = Parser(
        prog="scripts/bench.sh", formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="suites:\n" + "\n".join(lines)
        + "\n\nTimes depend on the machine, so read the ratios; docs/performance.md says what each number means.")
    parser.add_argument("suite", nargs="*", metavar="NAME", help="a suite, or several")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--json", action="store_true", help="print JSON")
    for program in GIVEN:
        parser.add_argument(f"--{program}", type=Path, metavar="FILE", help="measure this program, and build none")
    return parser


def main() -> int:
    parser = command_line()
    arguments = parser.parse_args()
    if not arguments.suite:
        parser.print_help()
    for name in set(arguments.suite) - set(names()):
        parser.error(f"no suite {name}")
    given = {name: path.resolve() for name in GIVEN if (path := getattr(arguments, name))}
    for path in given.values():
        if not path.is_file():
            parser.error(f"there is no file {path}")
    options = Options(Programs(given), arguments.quick)
    tables = {}
    for name in arguments.suite:
        tables[name] = suite(name).run(options)
        if not arguments.json:
            print(tables[name].as_text() + "\n", flush=True)
    if arguments.json:
        print(json.dumps({name: table.as_object() for name, table in tables.items()}, indent=2))
    return 1 if any(table.failures for table in tables.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
