import HTTPTypes
import Logging
import UVCore
import UVHTTP

/// Tells the log of tokens, origins and hosts that were refused, and of handshakes of TLS that have failed: at once, and
/// then at most once a second, with how many there were, so that a peer that tries many fills no disk.
@LoopActor
final class RefusalLog {
    enum Reason: Int, CaseIterable {
        case token, origin, host, handshake

        var name: String {
            switch self {
            case .token: "token"
            case .origin: "origin"
            case .host: "host"
            case .handshake: "handshake"
            }
        }
    }

    private let log: Logger
    private let loop = EventLoop.current
    private var counts: [Int] = Reason.allCases.map { _ in 0 }
    private var lastAddress: SocketAddress?
    private var lastOrigin: String?
    private var lastHandshakeError: String?
    /// While it waits, a line was written less than a second ago.
    private var pause: Timeout?

    /// How many bytes of an origin a line shows.
    private static let longestOrigin = 100

    init(_ log: Logger) { self.log = log }

    /// Counts a refusal.
    /// - Complexity: O(1); a line at most once a second.
    func count(_ reason: Reason, _ request: IncomingMessage) {
        guard log.logLevel <= .notice else { return }
        if reason == .origin { lastOrigin = request.header(.origin) ?? lastOrigin }
        count(reason, from: request.remoteAddress)
    }

    /// Counts a connection that has not agreed by TLS, unless its peer has only gone: a load balancer that looks whether
    /// the port is open does no more.
    /// - Complexity: O(1); a line at most once a second.
    func count(_ error: LoopError, from address: SocketAddress?) {
        guard log.logLevel <= .notice, !error.isEndOfStream, !error.isConnectionReset else { return }
        lastHandshakeError = error.message
        count(.handshake, from: address)
    }

    private func count(_ reason: Reason, from address: SocketAddress?) {
        counts[reason.rawValue] += 1
        lastAddress = address ?? lastAddress
        if pause == nil { write() }
    }

    /// Writes what was counted since the last line, if anything was.
    func flush() {
        pause?.cancel()
        pause = nil
        if counts.contains(where: { $0 > 0 }) { write() }
    }

    private func write() {
        let reasons = Reason.allCases.filter { counts[$0.rawValue] > 0 }
        var fields: Logger.Metadata = ["count": .stringConvertible(counts.reduce(0, +))]
        for reason in reasons { fields["\(reason.name)s"] = .stringConvertible(counts[reason.rawValue]) }
        if let lastAddress { fields["address"] = "\(lastAddress)" }
        if let lastOrigin {
            let shown = String(decoding: lastOrigin.utf8.prefix(Self.longestOrigin), as: UTF8.self)
            fields["origin"] = "\(shown)"
        }
        if let lastHandshakeError { fields["reason"] = "\(lastHandshakeError)" }
        let words = reasons.map { "\(counts[$0.rawValue]) \($0.name)\(counts[$0.rawValue] == 1 ? "" : "s")" }
        log.notice("Refused \(words.joined(separator: ", "))", metadata: fields)
        counts = counts.map { _ in 0 }
        (lastAddress, lastOrigin, lastHandshakeError) = (nil, nil, nil)
        pause = loop.setTimeout(.seconds(1)) { [self] in
            pause = nil
            flush()
        }
        pause?.unref()
    }
}
