import ArgumentParser
import UVCore
import UVCrypto
import UVHTTP

/// Gets URLs one after the other with one `HTTPClient`, and says a line of each: the status, the number of bytes that came,
/// and why it was no more. `Tests/Peers/test_tls_hostile_answers.py` answers it.
@main
struct HTTPGetter: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "HTTPGetter", abstract: "Gets URLs, and says what came of each.")

    @Argument(help: "The URLs.")
    var urls: [String]

    func run() {
        EventLoop.main { loop in
            loop.spawn {
                // Whom to trust is in the environment (SSL_CERT_FILE), as for any client of OpenSSL.
                let client = HTTPClient(tls: TLSContext())
                for url in urls { StandardStream.output.write(await line(client, url) + "\n") }
                client.closeAllConnections()
            }
        }
    }

    @LoopActor
    private func line(_ client: HTTPClient, _ url: String) async -> String {
        var count = 0
        do {
            let response = try await client.get(url)
            do {
                for try await piece in response.chunks { count += piece.count }
                return "\(response.status.code), \(count) bytes"
            } catch {
                return "\(response.status.code), \(count) bytes, then \(error)"
            }
        } catch HTTPClient.Failure.connection(let error) {
            return error.isCertificateRefused ? "refused: \(error.message)" : "no answer: \(error.message)"
        } catch {
            return "no answer: \(error)"
        }
    }
}
