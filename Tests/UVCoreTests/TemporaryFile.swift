import Foundation

/// Makes a file of its own with `content`, and returns its path.
func temporaryFile(_ content: [UInt8]) throws -> String {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("uvcore-\(UUID().uuidString)")
    try Data(content).write(to: url)
    return url.path
}
