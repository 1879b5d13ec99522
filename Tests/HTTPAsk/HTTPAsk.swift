import ArgumentParser
import UVCore
import UVHTTP

/// Asks servers that others wrote, and prints a line of JSON for each answer, in the order of the requests.
/// `Tests/Peers/asking.py` runs it.
@main
struct HTTPAsk: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "HTTPAsk", abstract: "Asks for URLs and prints what the answers are.")

    @Option(help: "The method of all requests.")
    var method = "GET"

    @Option(help: "A field of all requests, such as 'Accept: */*'.")
    var field: [String] = []

    @Option(help: "How many bytes of content each request has.")
    var length = 0

    @Flag(help: "Write the content in pieces.")
    var pieces = false

    @Option(help: "Connections to one host.")
    var connections = 8

    @Option(help: "How many redirects are followed.")
    var redirects = 0

    @Option(help: "The Unix domain socket to connect to.")
    var socket: String?

    @Option(help: "Milliseconds between two requests, which are asked one after another then; all at once without it.")
    var pause: Int?

    @Option(help: "How often all of it is asked.")
    var times = 1

    @Argument(help: "What is asked for.")
    var urls: [String]

    func run() throws {
        throw ExitCode(EventLoop.run { loop in Asking(self).start(on: loop) })
    }

    var options: HTTPClient.Options {
        var options = HTTPClient.Options()
        options.connectionsPerOrigin = connections
        options.redirects = redirects
        options.socketPath = socket
        return options
    }

    var fields: HTTPFields {
        var fields = HTTPFields()
        for text in field {
            let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2, let name = HTTPField.Name(parts[0]) else { continue }
            fields.append(HTTPField(name: name, value: parts[1]))
        }
        return fields
    }
}
