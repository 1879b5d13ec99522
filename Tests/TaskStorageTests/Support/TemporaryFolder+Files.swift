import Foundation
import LoopTesting

extension TemporaryFolder {
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// What each file in it holds.
    func contents() throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        return Dictionary(uniqueKeysWithValues: try names.map { ($0, try read($0)) })
    }

    func read(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: file(name))) }

    func write(_ name: String, _ content: Data) throws { try content.write(to: URL(fileURLWithPath: file(name))) }
}
