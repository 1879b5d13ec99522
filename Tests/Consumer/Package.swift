// swift-tools-version: 6.2
import PackageDescription

// The README's examples, as a package from outside: they use only what the libraries make public.
let examples: [(name: String, library: String)] = [
    ("Phases", "UVCore"),
    ("SocketEcho", "UVCore"),
    ("Worker", "UVCore"),
    ("HTTP", "UVHTTP"),
    ("AsyncHandler", "UVHTTP"),
    ("WebSocketEcho", "UVWebSocket"),
    ("Rooms", "UVWebSocket"),
    ("LiveEvents", "UVTasks"),
]

let package = Package(
    name: "consumer",
    dependencies: [.package(name: "taskflow", path: "../..")],
    targets: examples.map { example in
        .executableTarget(
            name: example.name, dependencies: [.product(name: example.library, package: "taskflow")])
    },
    swiftLanguageModes: [.v6]
)
