// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// See scripts/fuzz.sh, which knows the flags: a reader is not public, so its module has to be built for tests.
let package = Package(
    name: "fuzz",
    dependencies: [
        .package(name: "taskflow", path: ".."),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibFuzzer", path: "CLibFuzzer"),
        .target(
            name: "FuzzTargets",
            dependencies: [
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "_Fuzzed", package: "taskflow"),
                .product(name: "TaskEngine", package: "taskflow"),
                .product(name: "UVCompression", package: "taskflow"),
                .product(name: "UVCore", package: "taskflow"),
                .product(name: "UVHTTP", package: "taskflow"),
                .product(name: "UVHTTPExtras", package: "taskflow"),
                .product(name: "UVTasks", package: "taskflow"),
                .product(name: "UVWebSocket", package: "taskflow"),
            ],
            path: "Targets", exclude: ["Replay"], swiftSettings: strict),
        .executableTarget(
            name: "fuzz", dependencies: ["CLibFuzzer", "FuzzTargets"], path: "Program"),
        .target(name: "Canary", path: "Canary"),
        .executableTarget(
            name: "fuzz-canary", dependencies: ["CLibFuzzer", "Canary"], path: "CanaryProgram"),
    ],
    swiftLanguageModes: [.v6]
)
