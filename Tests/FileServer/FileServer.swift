import ArgumentParser
import UVCore
import UVHTTP
import UVHTTPExtras

/// Serves a folder, compressed for those that want it. `Tests/Peers/test_static_files.py` asks it with curl and Python.
@main
struct FileServer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "FileServer", abstract: "Serves the files of a folder, on 127.0.0.1.")

    @Option(help: "The port to listen on.")
    var port: UInt16

    @Option(help: "The folder.")
    var directory: String

    func run() throws {
        let code = EventLoop.run { _ in
            let router = Router()
            router.use(Compression())
            router.use(StaticFiles(directory))
            router.use(StaticFiles(directory + "/sub", at: "/below/here"))
            router.get("/") { _, response in response.end() }
            router.get("/stream") { _, response in
                response.setHeader(.contentType, "text/plain")
                response.write("first\n")
                // The second comes when the client says that it has the first.
                second = response
            }
            router.get("/second") { _, response in
                second?.end("second\n")
                response.end()
            }
            router.get("/events") { _, response in
                response.setHeader(.contentType, "text/event-stream")
                response.end(String(repeating: "data: 1\n\n", count: 1_000))
            }
            HTTPServer(router).listen(port: Int(port))
        }
        throw ExitCode(code)
    }
}

@LoopActor private var second: ServerResponse?
