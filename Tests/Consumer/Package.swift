// swift-tools-version: 6.2
import PackageDescription

// The README's examples, as a package from outside: they use only what the libraries make public.
let examples: [(name: String, libraries: [String])] = [
    ("Phases", ["UVCore"]),
    ("SocketEcho", ["UVCore"]),
    ("Worker", ["UVCore"]),
    ("Pipes", ["UVCore"]),
    ("HTTP", ["UVHTTP"]),
    ("Cookies", ["UVHTTP"]),
    ("HTTPS", ["UVCrypto", "UVHTTP"]),
    ("AsyncHandler", ["UVHTTP"]),
    ("Client", ["UVHTTP"]),
    ("WebSocketEcho", ["UVWebSocket"]),
    ("Rooms", ["UVWebSocket"]),
    ("Chat", ["UVHTTPExtras", "UVWebSocket"]),
    ("LiveEvents", ["UVTasks"]),
    ("QueueWorker", ["UVTasks"]),
    ("FirstLedger", ["TaskEngine"]),
]

let package = Package(
    name: "consumer",
    dependencies: [.package(name: "taskflow", path: "../..")],
    targets: examples.map { example in
        .executableTarget(
            name: example.name, dependencies: example.libraries.map { .product(name: $0, package: "taskflow") })
    } + [
        .testTarget(name: "ChatTests", dependencies: ["Chat", .product(name: "UVTesting", package: "taskflow")])
    ],
    swiftLanguageModes: [.v6]
)
