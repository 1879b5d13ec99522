#!/usr/bin/env python3
"""Fails on code that compares, hashes, folds or cuts text as Swift's characters, where a peer's bytes could be the text.

Usage: scripts/check-strings.py [--build DIRECTORY] [--list] [--self-test]

Swift's `String ==`, `<` and `hash` normalise: they take quadratic time for a letter with many marks, and call different
bytes equal. What a peer sends is compared as bytes. Nobody can see in the source which `==` is a String's, so this looks
at what the compiler has made of it: the symbols that the object file of each source file needs (debug build).
"""

import argparse
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# The modules that peers' bytes reach.
MODULES = ["UVCrypto", "UVHTTP", "UVHTTPExtras", "UVWebSocket", "UVWebSocketExtras", "UVTasks", "TaskEngine", "TaskStorage",
           "TaskService", "websocket-client", "echo"]

TEXT = r"Swift\.(?:String|Substring|Character)"
WALKS = r"Swift\.(?:Sequence|Collection|BidirectionalCollection|RangeReplaceableCollection|StringProtocol)"
# What each symbol means. The first that fits counts; other symbols are of no interest.
KINDS = {
    "compares": [
        rf"static {TEXT}\.(?:==|!=|<|<=|>|>=) infix", r"Swift\._stringCompare", r"Swift\._findStringSwitchCase",
        r"static \(extension in Swift\):Swift\.StringProtocol\.(?:==|!=|<|<=|>|>=) infix",
        rf"protocol (?:witness table|conformance descriptor) for {TEXT} : Swift\.(?:Equatable|Comparable) ",
        r"Swift\.String\.has(?:Prefix|Suffix)\(", r"\(extension in Swift\):Swift\.StringProtocol\.has(?:Prefix|Suffix)",
        r"Swift\.~= infix.*Swift\.String",
    ],
    "hashes": [
        rf"{TEXT}\.(?:hash\(into|hashValue|_rawHashValue)",
        rf"protocol (?:witness table|conformance descriptor) for {TEXT} : Swift\.Hashable ",
    ],
    "folds": [r"Swift\.(?:String|Substring|Character)\.(?:lowercased|uppercased)\(",
              r"\(extension in Swift\):Swift\.StringProtocol\.(?:lowercased|uppercased)"],
    "cuts": [
        rf"protocol (?:witness table|conformance descriptor) for Swift\.(?:String|Substring) : {WALKS} ",
        r"Swift\.(?:String|Substring)\.(?:count|first|last|endIndex)\.getter : Swift\.(?:Int|Character)\b",
        r"Swift\.(?:String|Substring)\.(?:makeIterator|Iterator|index\(|formIndex|distance|remove|insert|subscript)",
        r"Swift\.Character\.(?:is[A-Z]|hexDigitValue|wholeNumberValue|asciiValue)",
    ],
}
MEANINGS = [(kind, re.compile("|".join(f"(?:{pattern})" for pattern in patterns))) for kind, patterns in KINDS.items()]

# Reviewed: a file, what it does, and why no peer's text is meant. An entry that nothing needs any more is an error.
ALLOWED = {
    ("UVHTTPExtras/Files/StaticFiles.swift", "hashes"): "The types of endings are the program's own; a name's is found by bytes.",
    ("UVTasks/JSON/JSONValue.swift", "cuts"): "The text of a number: digits, signs, a point and an exponent, by the grammar.",
    ("TaskEngine/Store/TaskStore+Walk.swift", "compares"):
        "The two names are the program's own; a client's text is compared as bytes.",
    ("TaskEngine/Store/TaskStore+Walk.swift", "hashes"):
        "The two names are the program's own; a client's text is compared as bytes.",
    ("TaskEngine/Change/TaskEvent+Cause.swift", "compares"): "The names of causes are the program's own.",
    ("TaskEngine/Change/TaskEvent+Cause.swift", "hashes"): "The names of causes are the program's own.",
    ("TaskEngine/Task/Attempt.swift", "compares"): "The names of outcomes are the program's own.",
    ("TaskEngine/Task/Attempt.swift", "hashes"): "The names of outcomes are the program's own.",
    ("TaskEngine/Task/TaskState.swift", "compares"): "The names of states are the program's own.",
    ("TaskEngine/Task/TaskState.swift", "hashes"): "The names of states are the program's own.",
    ("TaskEngine/Task/DependencyPolicy.swift", "compares"): "The names of policies are the program's own.",
    ("TaskEngine/Task/DependencyPolicy.swift", "hashes"): "The names of policies are the program's own.",
    ("TaskEngine/Task/UniqueKey.swift", "compares"): "The names of policies are the program's own.",
    ("TaskEngine/Task/UniqueKey.swift", "hashes"): "The names of policies are the program's own.",
    ("TaskEngine/Task/TaskField.swift", "compares"): "The names of the fields are the program's own.",
    ("TaskEngine/Task/TaskField.swift", "hashes"): "The names of the fields are the program's own.",
    ("TaskEngine/Task/TaskStatus.swift", "compares"):
        "The statuses' own names; a client's text goes through init(text:).",
    ("TaskEngine/Task/TaskStatus.swift", "hashes"):
        "The statuses' own names; a client's text goes through init(text:).",
    ("TaskEngine/Values/Timestamp.swift", "cuts"): "The digits of a year, which the program writes.",
    ("TaskService/Answers/ErrorCode.swift", "compares"): "The codes are the program's own.",
    ("TaskService/Answers/ErrorCode.swift", "hashes"): "The codes are the program's own.",
    ("TaskService/Answers/ServerResponse+JSON.swift", "compares"):
        "A method is one of the tokens that the parser knows.",
    ("TaskService/Logging/AccessLog.swift", "hashes"): "The keys of a log line's details are the program's own.",
    ("TaskService/Logging/JSONLogHandler.swift", "compares"): "The keys of a log line's details are the program's own.",
    ("TaskService/Logging/JSONLogHandler.swift", "hashes"): "The keys of a log line's details are the program's own.",
    ("TaskService/Logging/LogFormat.swift", "compares"): "The operator's flag, on the command line.",
    ("TaskService/Logging/LogFormat.swift", "hashes"): "The operator's flag, on the command line.",
    ("TaskService/Access/RefusalLog.swift", "hashes"): "The keys of a log line's details are the program's own.",
    ("TaskService/Logging/TextLogHandler.swift", "compares"): "The keys of a log line's details are the program's own.",
    ("TaskService/Logging/TextLogHandler.swift", "hashes"): "The keys of a log line's details are the program's own.",
    ("TaskService/Reports/Report.swift", "compares"): "The statuses' own names.",
    ("TaskService/Reports/Report.swift", "hashes"): "The statuses' own names.",
    ("TaskService/Reports/TaskSummary.swift", "compares"): "The names of statuses and classes are the program's own.",
    ("TaskService/Reports/TaskSummary.swift", "hashes"): "The names of statuses and classes are the program's own.",
    ("TaskService/JSON/JSONReader+Text.swift", "cuts"):
        "The digits of a number, at most 1,000 of them, which are ASCII.",
    ("TaskService/Access/ConfigurationError.swift", "compares"): "Sentences that the program has made.",
    ("TaskService/Access/ConfigurationError.swift", "hashes"): "Sentences that the program has made.",
    ("TaskService/Server/TaskServer+Stop.swift", "hashes"): "The keys of a log line's details are the program's own.",
    ("TaskService/Server/TaskServer.swift", "hashes"): "A set of field names that stand in the program.",
    ("TaskService/Tasks/TaskRoutes.swift", "hashes"):
        "Log keys are the program's own; an optional is compared with nil alone.",
    ("UVHTTP/Client/Messages/OutgoingHead.swift", "compares"): "Names of fields that the program has set.",
    ("TaskStorage/Upkeep/Difference.swift", "compares"): "SQLite's words about a file.",
    ("TaskStorage/Upkeep/UpkeepError.swift", "compares"): "Sentences that the program has made.",
    ("TaskStorage/Log/LogError.swift", "compares"): "A sentence that the log has made.",
    ("TaskStorage/Log/LogError.swift", "hashes"): "A sentence that the log has made.",
    ("UVCrypto/CryptoError.swift", "compares"): "A sentence that the program has made.",
    ("UVCrypto/CryptoError.swift", "hashes"): "A sentence that the program has made.",
    ("UVWebSocket/Client/WebSocketClient.swift", "compares"): "A sentence that the program has made.",
    ("UVWebSocket/Client/WebSocketClient.swift", "hashes"): "A sentence that the program has made.",
    ("echo/Echo.swift", "compares"): "The names of the flags, which stand in the program.",
    ("websocket-client/WebSocketClientProgram.swift", "compares"): "The names of the flags, which stand in the program.",
}

# Not yet mended; only to become fewer.
PENDING: list[tuple[str, str]] = []


def meaning(symbol: str) -> str | None:
    return next((kind for kind, pattern in MEANINGS if pattern.match(symbol)), None)


def demangled(names: set[str]) -> dict[str, str]:
    ordered = sorted(names)
    output = subprocess.run(["swift", "demangle", "--compact"], input="\n".join(ordered), capture_output=True, text=True,
                            check=True).stdout
    return dict(zip(ordered, output.splitlines(), strict=True))


def needed(objects: list[Path]) -> dict[Path, set[str]]:
    """The Swift symbols that each object file takes from elsewhere."""
    found: dict[Path, set[str]] = {}
    for file in objects:
        lines = subprocess.run([shutil.which("nm") or "llvm-nm", "-u", file], capture_output=True, text=True,
                               check=True).stdout.split()
        found[file] = {name.removeprefix("_") for name in lines if re.match(r"_?\$s", name)}
    return found


def uses(objects: dict[str, Path]) -> dict[tuple[str, str], list[str]]:
    """For each source file and kind the symbols of that kind."""
    symbols = needed(list(objects.values()))
    texts = demangled(set().union(*symbols.values()))
    found: dict[tuple[str, str], list[str]] = {}
    for source, file in objects.items():
        for name in symbols[file]:
            if kind := meaning(texts[name]):
                found.setdefault((source, kind), []).append(texts[name])
    return found


def objects_of(root: Path, build: Path) -> dict[str, Path]:
    """The object file of each source file."""
    found = {}
    for module in MODULES:
        for source in sorted((root / "Sources" / module).rglob("*.swift")):
            file = build / f"{module.replace('-', '_')}.build" / f"{source.name}.o"
            if not file.exists():
                sys.exit(f"check-strings: no {file}: run swift build first")
            found[source.relative_to(root / "Sources").as_posix()] = file
    return found


def problems(found: dict[tuple[str, str], list[str]], allowed: dict[tuple[str, str], str]) -> list[str]:
    lines = [f"Sources/{source} {kind} text as characters: {symbol}"
             for (source, kind), symbols in sorted(found.items()) if (source, kind) not in allowed
             for symbol in sorted(symbols)]
    return lines + [f"Sources/{source} no longer {kind} text as characters: take it off the list"
                    for source, kind in sorted(allowed) if (source, kind) not in found]


def self_test() -> None:
    """Each text of `cases` is compiled as a file; exactly the kinds that stand before it must be found."""
    cases = [
        ("compares", "static func f(_ a: String, _ b: String) -> Bool { a == b }"),
        ("compares", 'static func f(_ a: String) -> Bool { switch a { case "x": true; default: false } }'),
        ("compares", "struct S: Equatable { let a: String?; let b: Int }"),
        ("compares", "static func f(_ a: [String], _ b: String) -> Bool { a.contains(b) }"),
        ("compares", 'static func f(_ a: String) -> Bool { a.hasPrefix("x") }'),
        ("hashes", "static func f(_ a: String, _ b: [String: Int]) -> Int? { b[a] }"),
        ("folds", "static func f(_ a: String) -> String { a.lowercased() }"),
        ("compares cuts", 'static func f(_ a: String) -> [Substring] { a.split(separator: ",") }'),
        ("cuts", "static func f(_ a: String) -> Int { a.count }"),
        ("cuts", "static func f(_ a: Substring) -> Substring { a.drop { $0.isNewline } }"),
        ("", "static func f(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) && !a.isEmpty }"),
        ("", 'static func f(_ a: [UInt8]) -> String { String(decoding: a, as: UTF8.self) + "\\(a.count)" }'),
    ]
    with tempfile.TemporaryDirectory() as directory:
        objects = {}
        for number, (_, text) in enumerate(cases):
            source = Path(directory, f"case{number}.swift")
            source.write_text(f"enum Case{number} {{ {text} }}\n")
            objects[str(number)] = source.with_suffix(".o")
        subprocess.run(["swiftc", "-Onone", "-parse-as-library", "-module-name", "Cases", "-c",
                        *(file.with_suffix(".swift").name for file in objects.values())], cwd=directory, check=True)
        found = uses(objects)
    for number, (kinds, text) in enumerate(cases):
        seen = {kind for source, kind in found if source == str(number)}
        if seen != set(kinds.split()):
            sys.exit(f"check-strings: self-test failed: {text}\nfound {sorted(seen)}, expected {kinds.split()}")
    if not problems(found, {}) or problems(found, dict.fromkeys(found, "")) or not problems({}, {("a", "cuts"): ""}):
        sys.exit("check-strings: self-test failed: the list does not allow exactly what stands in it")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, help="the folder of the debug build; swift build says which")
    parser.add_argument("--list", action="store_true", help="print all that is found, allowed or not")
    parser.add_argument("--self-test", action="store_true", help="check the check itself")
    arguments = parser.parse_args()
    if platform.system() != "Linux":
        return print("check-strings: only Linux' object files are read: skipped")
    if arguments.self_test:
        return self_test()
    build = arguments.build or Path(subprocess.run(["swift", "build", "--show-bin-path"], cwd=ROOT, capture_output=True,
                                                   text=True, check=True).stdout.strip())
    found = uses(objects_of(ROOT, build))
    lines = problems(found, {} if arguments.list else ALLOWED | dict.fromkeys(PENDING, ""))
    if arguments.list:
        print("\n".join(lines))
    elif lines:
        sys.exit("\n".join(lines))


if __name__ == "__main__":
    main()
