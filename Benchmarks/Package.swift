// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "taskflow", path: "..")],
    targets: [
        .executableTarget(
            name: "loop-benchmark", dependencies: [.product(name: "UVCore", package: "taskflow")], path: "loop",
            swiftSettings: [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]),
        .executableTarget(
            name: "task-benchmark", dependencies: [.product(name: "TaskEngine", package: "taskflow")], path: "tasks"),
    ],
    swiftLanguageModes: [.v6]
)
