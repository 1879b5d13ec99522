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
    /// What it makes of each answer, in their order: the outcomes of all cuts in two that are not the same.
    static func read(_ answers: [ClientAnswer]) throws -> [[ClientOutcome]] {
        guard let executable = NodeParser.executable else { return [] }
        let file = FileManager.default.temporaryDirectory.appending(path: "client-\(UUID().uuidString)")
        let lines = answers.map { "\($0.method.rawValue.text) \(Data($0.bytes).base64EncodedString())" }
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let output = try NodeParser.output(of: executable, ["--no-deprecation", "-e", script, file.path])
        return try JSONDecoder().decode([[ClientOutcome]].self, from: output)
    }

    private static let script = """
        const net = require('net'), http = require('http');
        const ask = (method, bytes, cut) => new Promise(done => {
          const outcome = { interim: [], status: 0, body: '', trailers: [], ending: '' };
          const server = net.createServer(socket => {
            socket.on('error', () => {});
            socket.setNoDelay();
            socket.once('data', () => {
              socket.write(bytes.subarray(0, cut));
              setImmediate(() => setImmediate(() => socket.end(bytes.subarray(cut))));
            });
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
              socket.on('data', data => { outcome.body += data.toString('latin1'); });
              socket.on('end', () => end('upgrade'));
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
        const askAll = async line => {
          const [method, text] = line.split(' ');
          const bytes = Buffer.from(text, 'base64');
          const outcomes = new Set();
          for (let cut = 0; cut <= bytes.length; cut++) outcomes.add(JSON.stringify(await ask(method, bytes, cut)));
          return [...outcomes].map(text => JSON.parse(text));
        };
        Promise.all(lines.map(askAll)).then(outcomes => console.log(JSON.stringify(outcomes)));
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
