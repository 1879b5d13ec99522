import Foundation

/// Python's `gzip` and `zlib`, to be asked what they make of some bytes.
enum Python {
    /// What `expression` makes of `data`; the text `failed: …` where it fails.
    static func evaluate(_ expression: String, _ data: [UInt8]) throws -> [UInt8] {
        let file = FileManager.default.temporaryDirectory.appending(path: "compression-\(UUID().uuidString)")
        try Data(data).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script, file.path, expression]
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return [UInt8](output)
    }

    private static let script = """
        import gzip, io, sys, zlib
        data = open(sys.argv[1], 'rb').read()
        try:
            result = eval(sys.argv[2])
        except Exception as error:
            result = ('failed: %s' % error).encode()
        sys.stdout.buffer.write(result)
        """
}
