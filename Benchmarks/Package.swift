// swift-tools-version: 6.2
import PackageDescription

/// As the programs that they stand for.
let standalone = ["-static-stdlib"]

let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(name: "taskflow", path: ".."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.0.0"),
    ],
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
        .executableTarget(
            name: "client-benchmark", dependencies: [.product(name: "UVHTTP", package: "taskflow")], path: "client",
            swiftSettings: [.unsafeFlags(standalone, .when(platforms: [.linux]))],
            linkerSettings: [.unsafeFlags(standalone, .when(platforms: [.linux]))]),
        .target(name: "Answer", path: "peers/answer"),
        .executableTarget(
            name: "nio-health",
            dependencies: [
                "Answer", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "peers/nio", linkerSettings: [.unsafeFlags(standalone, .when(platforms: [.linux]))]),
        .executableTarget(
            name: "hummingbird-health",
            dependencies: [
                "Answer", .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "peers/hummingbird"),
    ],
    swiftLanguageModes: [.v6]
)
