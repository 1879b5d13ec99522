import Logging
import UVCore
import UVCrypto

/// Reads the files of TLS anew when one of them has changed, and on SIGUSR2. Connections go on as they are; where the new
/// files cannot be used, the log says why and the old ones stay.
@LoopActor
final class CertificateWatch {
    /// How often the files are looked at.
    nonisolated static let interval = Duration.seconds(2)

    private let tls: TLSContext
    private let log: Logger
    private let loop = EventLoop.current
    private let files: [String]
    /// What was known of each file when they were last looked at; nil of one that was not there.
    private var known: [FileStatus?] = []

    init(_ tls: TLSContext, _ log: Logger) {
        self.tls = tls
        self.log = log
        let configuration = tls.configuration
        files =
            configuration.identities.flatMap { [$0.certificateFile, $0.keyFile] }
            + [configuration.clientAuthorityFile].compactMap(\.self)
    }

    func start() throws(LoopError) {
        try SignalWatcher(.user2) { [self] in look { [self] in reload($0) } }
        look { [self] in known = $0 }
        loop.setInterval(Self.interval) { [self] in
            look { [self] found in
                if found != known { reload(found) }
            }
        }.unref()
    }

    /// Asks for all files, one behind the other.
    private func look(_ found: [FileStatus?] = [], _ done: @escaping ([FileStatus?]) -> Void) {
        guard found.count < files.count else { return done(found) }
        FileSystem.stat(files[found.count]) { [self] result in look(found + [try? result.get()], done) }
    }

    private func reload(_ found: [FileStatus?]) {
        known = found
        // The loop would wait for the writer of a pipe.
        if let other = zip(files, found).first(where: { $1.map { !$0.isFile } ?? false }) {
            return log.error("The old certificate stays: \(other.0) is no plain file")
        }
        do throws(TLSError) {
            try tls.reload()
            log.info("The certificate was read anew")
        } catch {
            log.error("The old certificate stays: \(error)")
        }
    }
}

extension Configuration {
    /// What the files of TLS make; nil for plain HTTP.
    @LoopActor
    func makeTLS() throws(ConfigurationError) -> TLSContext? {
        guard let tls else { return nil }
        do throws(TLSError) {
            return try TLSContext(tls)
        } catch {
            throw ConfigurationError(message: "Cannot speak TLS: \(error)")
        }
    }
}
