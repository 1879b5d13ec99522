import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

@Suite("HTTPClient: servers that mean harm, or are slow")
struct HostileServerTests {
    /// The code of a client's failure on a server that does `serve` on each connection.
    private func failure(_ serve: @escaping @LoopActor (Socket) -> Void) async -> String? {
        let failed = Log()
        await withScript { _, socket in
            serve(socket)
        } _: { server in
            let failure = await UVHTTPTests.failure { () throws(HTTPClient.Failure) in
                try await server.client.get(server.url)
            }
            if let failure { failed(failure.code) }
        }
        return failed.lines.first
    }

    @Test("A head without end costs no more than the limit on heads")
    func endlessHead() async {
        let failed = await failure { $0.flood("HTTP/1.1 200 OK\r\n", "A: b\r\n") }
        #expect(failed == "HPE_HEADER_OVERFLOW")
    }

    @Test("A field without end costs no more than the limit on heads")
    func endlessField() async {
        let failed = await failure { $0.flood("HTTP/1.1 200 OK\r\nA: ", "b") }
        #expect(failed == "HPE_HEADER_OVERFLOW")
    }

    @Test("Heads before the answer without end are refused")
    func endlessInterimHeads() async {
        let failed = await failure { $0.flood("", "HTTP/1.1 103 Early Hints\r\n\r\n") }
        #expect(failed == "ERR_HTTP_TOO_MANY_INTERIM_HEADS")
    }
}
