#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes what a tool of the build has made of other files.
///
/// A text that is there already is not written again: all that uses it would be compiled anew.
package func write(_ source: String, to path: String) throws {
    if let old = try? String(contentsOfFile: path, encoding: .utf8), old.utf8.elementsEqual(source.utf8) { return }
    try source.write(toFile: path, atomically: true, encoding: .utf8)
}
