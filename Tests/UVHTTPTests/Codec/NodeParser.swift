import Foundation

@testable import UVHTTP

/// Node's own parser, to be asked what it makes of some bytes.
enum NodeParser {
    struct Message: Decodable, Equatable {
        var method: String
        var url: String
        var minor: Int
        var status: Int
        var fields: [String]
        var body: String
        var isComplete: Bool
        var keepsAlive: Bool
        var upgrades: Bool
    }

    struct Reading: Decodable {
        /// The code of the refusal.
        var code: String?
        var messages: [Message]
    }

    /// `node` on the search path, if it is Node 20: other versions have other rules.
    static let executable: URL? = {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let candidates = path.split(separator: ":").map { URL(fileURLWithPath: "\($0)/node") }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) }
            .flatMap { (try? output(of: $0, ["--version"]))?.starts(with: "v20.".utf8) == true ? $0 : nil }
    }()

    /// Asks for all inputs at once; the answers come in their order.
    static func read(_ inputs: [[UInt8]], _ kind: MessageHeadParser.Kind) throws -> [Reading] {
        guard let executable else { return [] }
        let file = FileManager.default.temporaryDirectory.appending(path: "codec-\(UUID().uuidString)")
        let lines = inputs.map { Data($0).base64EncodedString() }
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let type = kind == .request ? "REQUEST" : "RESPONSE"
        let answer = try output(of: executable, ["--no-deprecation", "-e", script, file.path, type])
        return try JSONDecoder().decode([Reading].self, from: answer)
    }

    static func output(of executable: URL, _ arguments: [String]) throws -> Data {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = executable
        process.arguments = arguments
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return output
    }

    private static let script = """
        const { HTTPParser, methods } = require('_http_common');
        const [file, type] = process.argv.slice(1);
        const read = bytes => {
          const parser = new HTTPParser(), messages = [];
          let pending = [], url = '';
          const take = fields => { const taken = pending.concat(fields || []); pending = []; return taken; };
          parser.initialize(HTTPParser[type], {}, 16384, 0);
          parser[HTTPParser.kOnHeaders] = (fields, part) => { pending.push(...fields); url += part; };
          parser[HTTPParser.kOnHeadersComplete] =
            (major, minor, fields, method, target, status, reason, upgrade, keepAlive) => {
              const flat = take(fields), lines = [];
              for (let i = 0; i < flat.length; i += 2) lines.push(flat[i] + ': ' + flat[i + 1]);
              messages.push({ method: methods[method] || '', url: (target || url) || '', minor, status: status || 0,
                fields: lines, body: '', isComplete: false, keepsAlive: keepAlive, upgrades: upgrade });
              url = '';
            };
          parser[HTTPParser.kOnBody] = bytes => { messages.at(-1).body += bytes.toString('latin1'); };
          parser[HTTPParser.kOnMessageComplete] = () => { take(); messages.at(-1).isComplete = true; };
          const result = parser.execute(bytes);
          return { code: result instanceof Error ? result.code : null, messages };
        };
        const lines = require('fs').readFileSync(file, 'latin1').split('\\n');
        console.log(JSON.stringify(lines.map(line => read(Buffer.from(line, 'base64')))));
        """
}

extension NodeParser.Message {
    /// What we made of the same bytes.
    init(_ message: WireReader.Message, _ kind: MessageHeadParser.Kind) {
        let head = message.head
        method = kind == .request ? head.method.rawValue.text : ""
        url = kind == .request ? message.text(head.target.range) : ""
        minor = head.minorVersion
        status = head.status
        fields = message.fields
        body = String(latin1: message.body)
        isComplete = message.isComplete
        keepsAlive = head.isPersistent
        upgrades = head.requestsUpgrade
    }
}
