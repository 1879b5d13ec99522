// swift-tools-version: 6.2
import PackageDescription

/// Swift 6 as strict as it gets: an `async` function runs where its caller runs, imports do not leak.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "taskflow",
    products: [
        .library(name: "UVCore", targets: ["UVCore"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0")
    ],
    targets: [
        .systemLibrary(
            name: "CLibUV", path: "CLibUV", pkgConfig: "libuv",
            providers: [.apt(["libuv1-dev"]), .brew(["libuv"])]),
        .target(
            name: "UVCore",
            dependencies: ["CLibUV", .product(name: "DequeModule", package: "swift-collections")],
            swiftSettings: strict),
        .target(name: "LoopTesting", dependencies: ["UVCore"], path: "Tests/LoopTesting", swiftSettings: strict),
        .testTarget(name: "UVCoreTests", dependencies: ["UVCore", "LoopTesting"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
