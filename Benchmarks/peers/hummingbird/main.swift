// Taskflow's GET /health on Hummingbird, on one event loop: `hummingbird-health --port N`.

import Answer
import HTTPTypes
import Hummingbird
import Logging
import NIOPosix

let arguments = CommandLine.arguments
guard let place = arguments.firstIndex(of: "--port"), place + 1 < arguments.count, let port = Int(arguments[place + 1])
else { fatalError("usage: hummingbird-health --port N") }
guard let requestID = HTTPField.Name("X-Request-Id") else { fatalError("no name of a field") }

let router = Router()
router.get("/health") { _, _ in
    let answer = Answer()
    return Response(
        status: .ok, headers: [.contentType: "application/json; charset=utf-8", requestID: answer.requestID],
        body: ResponseBody(byteBuffer: ByteBuffer(string: answer.body)))
}
var log = Logger(label: "hummingbird")
log.logLevel = .error
let application = Application(
    router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
    eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup(numberOfThreads: 1)), logger: log)
try await application.runService()
