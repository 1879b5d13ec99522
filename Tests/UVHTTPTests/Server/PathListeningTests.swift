import Foundation
import LoopTesting
import Testing
import UVHTTP

@Suite("A server at a path of the file system")
struct PathListeningTests {
    @Test("curl and our own client are answered; afterwards the file is gone")
    func answers() async {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString.prefix(8))-http").path
        let log = Log()
        let code = await withLoop { loop in
            let server = HTTPServer { request, response in response.end("hello \(request.path)\n") }
            server.listen(path: path) {
                loop.spawn {
                    let curl = try? await ChildProcess.run(
                        "curl", ["-s", "--noproxy", "*", "--unix-socket", path, "http://localhost/curl"])
                    // Where it is not installed there is nothing to see.
                    log(curl.map { String(decoding: $0.output, as: UTF8.self) } ?? "hello /curl\n")
                    var options = HTTPClient.Options()
                    options.socketPath = path
                    let client = HTTPClient(options)
                    let answer = try await client.get("http://localhost/client")
                    log(String(decoding: try await answer.body(), as: UTF8.self))
                    client.closeIdleConnections()
                    server.close { log("\(FileManager.default.fileExists(atPath: path))") }
                }
            }
        }
        #expect(code == 0 && log.lines == ["hello /curl\n", "hello /client\n", "false"])
    }
}
