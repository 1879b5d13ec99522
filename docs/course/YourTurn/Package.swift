// swift-tools-version: 6.2
import PackageDescription

// The tasks of the course, as a package from outside. scripts/your-turn.sh builds it and sets these two.
let chapter = Context.environment["YOUR_TURN"] ?? "all"
let folder = Context.environment["YOUR_TURN_FOLDER"] ?? "Solutions"

/// What a chapter's file may use, beside Swift itself: the chapters that need no library are built in seconds.
let libraries: [(chapter: String, of: [String])] = [
    ("01", []), ("02", []), ("03", []), ("04", []),
    ("05", ["UVHTTP", "UVTesting"]),
    ("06", []), ("07", []),
    ("08", ["UVCore", "UVHTTP", "UVTesting"]),
    ("09", []),
    ("10", ["UVCore", "UVHTTP", "UVTesting", "UVWebSocket"]),
]
let chosen = libraries.filter { chapter == "all" || chapter == $0.chapter }
let used = Set(chosen.flatMap(\.of)).sorted().map { Target.Dependency.product(name: $0, package: "taskflow") }

let package = Package(
    name: "your-turn",
    // Also where a chapter uses none of it: what is checked out for the others would be thrown away.
    dependencies: [.package(name: "taskflow", path: "../../..")],
    targets: [
        .target(
            name: "YourTurn", dependencies: used, path: folder,
            sources: chosen.map { "Chapter\($0.chapter).swift" }),
        .testTarget(
            name: "YourTurnTests", dependencies: ["YourTurn"] + used, path: "Tests",
            sources: chosen.map { "Chapter\($0.chapter)Tests.swift" }),
    ],
    swiftLanguageModes: [.v6]
)
