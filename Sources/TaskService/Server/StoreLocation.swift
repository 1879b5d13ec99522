public import TaskStorage
import UVCrypto
import UVCore

/// Where a server keeps its tasks.
public enum StoreLocation: Sendable {
    /// They are gone when the server ends.
    case memory
    /// In an SQLite file of that path, which is made if it is not there.
    case file(String)
    /// On Redis.
    case redis(RedisAddress)

    /// Reads `memory`, `sqlite:FILE` or the address of a store on Redis; nil if it is none of them.
    init?(_ text: String) {
        if text.utf8.elementsEqual("memory".utf8) {
            self = .memory
        } else if text.utf8.starts(with: "sqlite:".utf8), text.utf8.count > 7, !text.utf8.contains(0) {
            self = .file(String(decoding: text.utf8.dropFirst(7), as: UTF8.self))
        } else if let address = RedisAddress(text) {
            self = .redis(address)
        } else {
            return nil
        }
    }
}

extension StoreLocation {
    /// Makes what lies between the server and its store: TLS, where the address says so.
    @LoopActor
    mutating func secure() throws(ConfigurationError) {
        guard case .redis(var address) = self, let encryption = address.encryption else { return }
        do throws(TLSError) {
            address.security = try TLSContext(TLSConfiguration(encryption))
        } catch {
            throw ConfigurationError(message: "Cannot speak TLS to \(address): \(error)")
        }
        self = .redis(address)
    }
}

extension TLSConfiguration {
    fileprivate init(_ encryption: RedisAddress.Encryption) {
        let certificate = encryption.certificate.map { TLSIdentity(certificateFile: $0.file, keyFile: $0.keyFile) }
        self.init(identities: [certificate].compactMap(\.self), serverAuthorityFile: encryption.authorityFile)
        // Redis knows of no protocol inside.
        applicationProtocols = []
    }
}
