import Foundation
import UVCrypto

/// Certificates made for this run, by `Tests/Certificates/make.sh`, which says what each is.
enum Certificates {
    private static let folder: URL = {
        let folder = FileManager.default.temporaryDirectory.appending(path: "certificates-\(UUID().uuidString)")
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Certificates/make.sh")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let process = Process()
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = [script.standardized.path(), folder.path()]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { preconditionFailure("\(script.path()) has failed") }
        } catch {
            preconditionFailure("no certificates: \(error)")
        }
        return folder
    }()

    static func path(_ name: String) -> String { folder.appending(path: name).path() }

    static func identity(_ name: String) -> TLSIdentity {
        TLSIdentity(certificateFile: path("\(name).pem"), keyFile: path("\(name).key"))
    }

    static let authority = path("authority.pem")
}
