import Foundation

@testable import UVHTTP

/// What a client makes of one answer.
struct ClientOutcome: Decodable, Equatable {
    var interim: [Int] = []
    var status = 0
    /// The content; behind a switch of protocols, what follows the head.
    var body = ""
    /// Names and values in turn.
    var trailers: [String] = []
    /// `end`, `cut`, `noAnswer`, `upgrade`, or the code of the refusal.
    var ending = ""
}

/// Node's `http.request`, to be asked what it makes of answers.
enum NodeClient {
    /// Asks for all answers at once; the outcomes come in their order.
    static func read(_ answers: [ClientAnswer]) throws -> [ClientOutcome] {
        guard let executable = NodeParser.executable else { return [] }
        let file = FileManager.default.temporaryDirectory.appending(path: "client-\(UUID().uuidString)")
        let lines = answers.map { "\($0.method.rawValue.text) \(Data($0.bytes).base64EncodedString())" }
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let output = try NodeParser.output(of: executable, ["--no-deprecation", "-e", script, file.path])
        return try JSONDecoder().decode([ClientOutcome].self, from: output)
    }

    private static let script = """
        const net = require('net'), http = require('http');
        const ask = (method, bytes) => new Promise(done => {
          const outcome = { interim: [], status: 0, body: '', trailers: [], ending: '' };
          const server = net.createServer(socket => {
            socket.on('error', () => {});
            socket.once('data', () => socket.end(bytes));
          });
          server.listen(0, '127.0.0.1', () => {
            const request = http.request({ host: '127.0.0.1', port: server.address().port, method, agent: false });
            const end = ending => {
              if (outcome.ending) return;
              outcome.ending = ending;
              server.close();
              request.destroy();
              done(outcome);
            };
            request.on('information', head => outcome.interim.push(head.statusCode));
            request.on('upgrade', (response, socket, head) => {
              outcome.status = response.statusCode;
              outcome.body = head.toString('latin1');
              socket.destroy();
              end('upgrade');
            });
            request.on('error', error =>
              end(error.code !== 'ECONNRESET' ? error.code : outcome.status ? 'cut' : 'noAnswer'));
            request.on('response', response => {
              outcome.status = response.statusCode;
              response.setEncoding('latin1');
              response.on('data', text => { outcome.body += text; });
              response.on('end', () => { outcome.trailers = response.rawTrailers; end('end'); });
              response.on('error', () => setImmediate(() => end('cut')));
            });
            request.end();
          });
        });
        const lines = require('fs').readFileSync(process.argv[1], 'latin1').split('\\n');
        Promise.all(lines.map(line => line.split(' ')).map(([method, bytes]) => ask(method, Buffer.from(bytes, 'base64'))))
          .then(outcomes => console.log(JSON.stringify(outcomes)));
        """
}

extension ClientOutcome {
    /// What our reader makes of the bytes, cut at `cuts`, and of the end of the connection behind them.
    init(reading answer: ClientAnswer, cutAt cuts: [Int] = [], limits: HTTPLimits = HTTPLimits()) {
        var reader = ResponseReader(limits)
        reader.begin(answering: answer.method)
        var start = 0
        for end in cuts + [answer.bytes.count] {
            take(Array(answer.bytes[start..<end]), &reader)
            start = end
            if !ending.isEmpty { return }
        }
        do throws(HTTPParseError) {
            try reader.finish()
            ending = "end"
        } catch {
            ending = status > 0 ? "cut" : "noAnswer"
        }
    }

    private mutating func take(_ bytes: [UInt8], _ reader: inout ResponseReader) {
        var offset = 0
        do throws(HTTPParseError) {
            while true {
                switch try reader.step(bytes.span.bytes, from: offset) {
                case .needMoreBytes: return
                case .interim(let end):
                    interim.append(reader.head.status)
                    offset = end
                case .head(let end):
                    status = reader.head.status
                    offset = end
                case .switched(let end):
                    (status, ending) = (101, "upgrade")
                    return body = String(latin1: bytes[end...])
                case .data(let range):
                    body += String(latin1: bytes[range])
                    offset = range.upperBound
                case .end:
                    trailers = reader.trailers.flatMap { [$0.name, String(latin1: $0.value)] }
                    return ending = "end"
                }
            }
        } catch {
            ending = error.code
        }
    }
}
