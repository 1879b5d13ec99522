// swift-tools-version: 6.2
import PackageDescription

/// Swift 6 as strict as it gets: an `async` function runs where its caller runs, imports do not leak.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// Programs carry Swift's libraries in a release: one file to copy, and calls that need no table. The two libraries are
/// what FoundationEssentials, which ArgumentParser uses, is built on; no other part of the build names them to the
/// linker. Nothing is loaded into a program that would look for its names, so it exports none.
let standalone: [SwiftSetting] = [
    .unsafeFlags(["-static-stdlib"], .when(platforms: [.linux], configuration: .release))
]
let standaloneLink: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-static-stdlib", "-l_FoundationCollections", "-l_FoundationCShims", "-Xlinker", "--no-export-dynamic",
        ],
        .when(platforms: [.linux], configuration: .release))
]

/// Debian's pkg-config names a flag that SwiftPM does not take, and nothing that is needed there.
#if os(Linux)
    let hiredis: String? = nil
#else
    let hiredis: String? = "hiredis"
#endif

let package = Package(
    name: "taskflow",
    products: [
        .library(name: "UVCore", targets: ["UVCore"]),
        .library(name: "UVCrypto", targets: ["UVCrypto"]),
        .library(name: "UVCompression", targets: ["UVCompression"]),
        .library(name: "UVHTTP", targets: ["UVHTTP"]),
        .library(name: "UVHTTPExtras", targets: ["UVHTTPExtras"]),
        .library(name: "UVTesting", targets: ["UVTesting"]),
        .library(name: "UVWebSocket", targets: ["UVWebSocket"]),
        .library(name: "UVWebSocketExtras", targets: ["UVWebSocketExtras"]),
        .library(name: "UVTasks", targets: ["UVTasks"]),
        .library(name: "TaskEngine", targets: ["TaskEngine"]),
        // For the package in Fuzz alone, which tries what is no library.
        .library(name: "_Fuzzed", targets: ["SeededRandom", "TaskService", "TaskStorage"]),
        .executable(name: "taskflow", targets: ["taskflow"]),
        .executable(name: "websocket-client", targets: ["websocket-client"]),
        .executable(name: "echo", targets: ["echo"]),
        .executable(name: "exercises", targets: ["exercises"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CLibUV", path: "CLibUV", pkgConfig: "libuv",
            providers: [.apt(["libuv1-dev"]), .brew(["libuv"])]),
        .target(
            name: "UVCore",
            dependencies: ["CLibUV", .product(name: "DequeModule", package: "swift-collections")],
            swiftSettings: strict),
        .target(
            name: "UVHTTP",
            dependencies: [
                "UVCore",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: strict),
        .target(
            name: "UVHTTPExtras",
            dependencies: [
                "UVCompression", "UVCore", "UVHTTP", .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: strict),
        .target(
            name: "UVTesting",
            dependencies: [
                "UVCore", "UVHTTP", "UVWebSocket", .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: strict),
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "libssl",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .target(name: "UVCrypto", dependencies: ["COpenSSL", "UVCore"], swiftSettings: strict),
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "UVCompression", dependencies: ["CZlib", "UVCore"], swiftSettings: strict),
        .target(
            name: "UVWebSocket",
            dependencies: [
                "UVCompression", "UVCore", "UVCrypto", "UVHTTP",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: strict),
        .target(
            name: "UVWebSocketExtras", dependencies: ["UVHTTPExtras", "UVWebSocket"], swiftSettings: strict),
        .target(
            name: "UVTasks",
            dependencies: [
                "UVCore", "UVCrypto", "UVHTTP", "UVWebSocket",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: strict),
        .target(
            name: "TaskEngine",
            dependencies: [.product(name: "DequeModule", package: "swift-collections")],
            swiftSettings: strict),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
        .systemLibrary(
            name: "CHiredis", pkgConfig: hiredis,
            providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]),
        .target(
            name: "TaskStorage",
            dependencies: [
                "CHiredis", "CSQLite", "TaskEngine", "UVCore",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: strict),
        .target(
            name: "TaskService",
            dependencies: [
                "TaskEngine", "TaskStorage", "UVCore", "UVCrypto", "UVHTTP", "UVWebSocket",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict, plugins: ["EmbedDocuments", "EmbedPage", "EmbedRecordings"]),
        .target(name: "Embedding", swiftSettings: strict),
        .plugin(name: "EmbedDocuments", capability: .buildTool, dependencies: ["embed-documents"]),
        .executableTarget(name: "embed-documents", dependencies: ["Embedding"], swiftSettings: strict),
        .plugin(name: "EmbedPage", capability: .buildTool, dependencies: ["embed-page"]),
        .executableTarget(name: "embed-page", dependencies: ["Embedding"], swiftSettings: strict),
        .plugin(name: "EmbedRecordings", capability: .buildTool, dependencies: ["embed-recordings"]),
        .executableTarget(name: "embed-recordings", dependencies: ["Embedding"], swiftSettings: strict),
        .target(
            name: "ProgramMain",
            dependencies: ["UVCore", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: strict),
        .executableTarget(
            name: "taskflow",
            dependencies: [
                "ProgramMain", "TaskService", "UVCore", "UVCrypto", "UVTasks",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict + standalone, linkerSettings: standaloneLink),
        .executableTarget(
            name: "websocket-client",
            dependencies: [
                "ProgramMain", "UVCrypto", "UVTasks",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict + standalone, linkerSettings: standaloneLink),
        .executableTarget(
            name: "echo",
            dependencies: [
                "ProgramMain", "UVCore", "UVCrypto", "UVHTTP", "UVWebSocket",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict + standalone, linkerSettings: standaloneLink),
        .executableTarget(
            name: "exercises",
            dependencies: [
                "ProgramMain", "TaskEngine", "UVCore", "UVHTTP", "UVWebSocket",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict + standalone, linkerSettings: standaloneLink, plugins: ["EmbedExercises"]),
        .plugin(name: "EmbedExercises", capability: .buildTool, dependencies: ["embed-exercises"]),
        .executableTarget(name: "embed-exercises", dependencies: ["Embedding"], swiftSettings: strict),
        .executableTarget(
            name: "AutobahnClient",
            dependencies: [
                "UVCore", "UVWebSocket", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/AutobahnClient", swiftSettings: strict),
        .executableTarget(
            name: "LoopPrograms",
            dependencies: ["UVCore", "UVHTTP", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Tests/LoopPrograms", swiftSettings: strict),
        .executableTarget(
            name: "HTTPMirror",
            dependencies: [
                "UVCore", "UVCrypto", "UVHTTP", .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/HTTPMirror", swiftSettings: strict),
        .executableTarget(
            name: "FileServer",
            dependencies: [
                "UVCore", "UVHTTP", "UVHTTPExtras", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/FileServer", swiftSettings: strict),
        .executableTarget(
            name: "HTTPAsk",
            dependencies: [
                "UVCore", "UVCrypto", "UVHTTP", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/HTTPAsk", swiftSettings: strict),
        .target(name: "LoopTesting", dependencies: ["UVCore"], path: "Tests/LoopTesting", swiftSettings: strict),
        .target(name: "SeededRandom", path: "Tests/SeededRandom", swiftSettings: strict),
        .testTarget(name: "TaskEngineTests", dependencies: ["TaskEngine", "SeededRandom"], swiftSettings: strict),
        .testTarget(
            name: "TaskStorageTests",
            dependencies: ["TaskEngine", "TaskStorage", "UVCore", "LoopTesting", "SeededRandom"],
            swiftSettings: strict),
        .testTarget(
            name: "TaskServiceTests",
            dependencies: [
                "TaskEngine", "TaskService", "TaskStorage", "UVCore", "UVHTTP", "UVWebSocket", "LoopTesting",
                "SeededRandom", .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "UVHTTPTests", dependencies: ["UVCore", "UVHTTP", "LoopTesting", "SeededRandom"],
            swiftSettings: strict),
        .testTarget(
            name: "UVHTTPExtrasTests",
            dependencies: [
                "UVCompression", "UVCore", "UVHTTP", "UVHTTPExtras", "LoopTesting",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ], swiftSettings: strict),
        .testTarget(
            name: "UVTestingTests",
            dependencies: ["UVCore", "UVHTTP", "UVHTTPExtras", "UVTesting", "UVWebSocket", "LoopTesting"],
            swiftSettings: strict),
        .testTarget(
            name: "UVWebSocketTests",
            dependencies: ["UVCompression", "UVCore", "UVHTTP", "UVWebSocket", "LoopTesting", "SeededRandom"],
            swiftSettings: strict),
        .testTarget(
            name: "UVWebSocketExtrasTests",
            dependencies: ["UVCore", "UVTesting", "UVWebSocketExtras", "LoopTesting"], swiftSettings: strict),
        .testTarget(
            name: "UVTasksTests", dependencies: ["UVTasks", "LoopTesting", "SeededRandom"], swiftSettings: strict),
        .testTarget(
            name: "UVCompressionTests", dependencies: ["UVCompression", "SeededRandom"], swiftSettings: strict),
        .testTarget(
            name: "UVCryptoTests", dependencies: ["LoopTesting", "UVCore", "UVCrypto", "UVHTTP"], swiftSettings: strict),
        // The corpus of the package in Fuzz, whose targets are compiled here once more.
        .testTarget(
            name: "FuzzCorpusTests",
            dependencies: [
                "SeededRandom", "TaskEngine", "TaskService", "TaskStorage", "UVCompression", "UVCore", "UVHTTP",
                "UVHTTPExtras", "UVTasks", "UVWebSocket", .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            path: "Fuzz/Targets", swiftSettings: strict),
        .testTarget(
            name: "UVCoreTests", dependencies: ["UVCore", "LoopTesting", "SeededRandom"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
