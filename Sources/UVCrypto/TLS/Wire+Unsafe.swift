internal import COpenSSL

/// The network as OpenSSL sees it: a BIO that reads what a call was lent and writes into an array.
///
/// OpenSSL's own memory BIO would copy what comes in, and keep the memory that its largest message took.
final class Wire {
    /// What is still to be read, during ``lend(_:to:)``.
    private var input = UnsafeRawBufferPointer(start: nil, count: 0)[...]

    /// What OpenSSL has written.
    fileprivate(set) var output: [UInt8] = []

    var isEmpty: Bool { output.isEmpty }

    func takeOutput() -> [UInt8] {
        defer { output = [] }
        return output
    }

    /// Lets OpenSSL read `bytes` while `body` runs.
    func lend<Value>(_ bytes: RawSpan, to body: () -> Value) -> Value {
        bytes.withUnsafeBytes { buffer in
            input = buffer[...]
            defer { input = UnsafeRawBufferPointer(start: nil, count: 0)[...] }
            return body()
        }
    }

    /// A BIO on this wire. It does not keep the wire alive: the owner of the BIO has to.
    func makeBIO() -> OpaquePointer? {
        guard let method = Self.method, let bio = BIO_new(method) else { return nil }
        BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        return bio
    }

    /// How OpenSSL calls a wire. Made once, for the life of the process.
    ///
    /// Safe to share: nothing changes it after that.
    private nonisolated(unsafe) static let method: OpaquePointer? = {
        guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket") else { return nil }
        BIO_meth_set_create(method) { bio in
            BIO_set_init(bio, 1)
            return 1
        }
        BIO_meth_set_read(method) { bio, target, count in Wire.of(bio)?.read(into: target, count, bio) ?? -1 }
        BIO_meth_set_write(method) { bio, source, count in Wire.of(bio)?.write(source, count) ?? -1 }
        BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
        return method
    }()

    private static func of(_ bio: OpaquePointer?) -> Wire? {
        BIO_get_data(bio).map { Unmanaged<Wire>.fromOpaque($0).takeUnretainedValue() }
    }

    /// -1 with the flag for "later" when nothing is left.
    private func read(into target: UnsafeMutablePointer<CChar>?, _ count: CInt, _ bio: OpaquePointer?) -> CInt {
        BIO_clear_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
        let taken = input.prefix(max(Int(count), 0))
        guard let target, let source = UnsafeRawBufferPointer(rebasing: taken).baseAddress, !taken.isEmpty else {
            BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
            return -1
        }
        UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: taken.count)
        input = input.dropFirst(taken.count)
        return CInt(taken.count)
    }

    private func write(_ source: UnsafePointer<CChar>?, _ count: CInt) -> CInt {
        output.append(contentsOf: UnsafeRawBufferPointer(start: source, count: max(Int(count), 0)))
        return count
    }
}
