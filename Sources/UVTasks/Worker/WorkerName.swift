import UVCore

/// What a worker is called at the server.
enum WorkerName {
    /// `name@host:process`: two of one name can be told apart, and each has its own share of what the server allows a name.
    static func full(_ name: String) -> String {
        let tail = ":\(EventLoop.processID)"
        let room = 128 - tail.utf8.count
        return String(decoding: "\(name)@\(EventLoop.hostName)".utf8.map(allowed).prefix(room), as: UTF8.self) + tail
    }

    private static func allowed(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            byte
        case _ where "._:@".utf8.contains(byte): byte
        default: UInt8(ascii: "-")
        }
    }
}
