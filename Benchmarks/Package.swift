// swift-tools-version: 6.2
import PackageDescription

/// As the programs that they stand for.
let standalone = ["-static-stdlib"]

let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "taskflow", path: "..")],
    targets: [
        .executableTarget(
            name: "loop-benchmark", dependencies: [.product(name: "UVCore", package: "taskflow")], path: "loop",
            swiftSettings: [
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
                .unsafeFlags(standalone, .when(platforms: [.linux])),
            ],
            linkerSettings: [.unsafeFlags(standalone, .when(platforms: [.linux]))]),
        .executableTarget(
            name: "task-benchmark", dependencies: [.product(name: "TaskEngine", package: "taskflow")], path: "tasks",
            swiftSettings: [.unsafeFlags(standalone, .when(platforms: [.linux]))],
            linkerSettings: [.unsafeFlags(standalone, .when(platforms: [.linux]))]),
    ],
    swiftLanguageModes: [.v6]
)
