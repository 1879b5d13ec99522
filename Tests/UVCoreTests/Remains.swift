import UVCore

/// Objects that should be gone, by weak references.
@LoopActor
final class Remains {
    private struct Watched {
        let name: String
        weak var object: AnyObject?
    }

    private nonisolated(unsafe) var objects: [Watched] = []

    nonisolated init() {}

    func watch(_ object: AnyObject?) {
        guard let object else { return }
        objects.append(Watched(name: "\(type(of: object)) \(objects.count)", object: object))
    }

    /// How many were watched. Read by the test when the loop has ended.
    nonisolated var watched: Int { objects.count }

    /// Those that are still there.
    nonisolated var names: [String] { objects.filter { $0.object != nil }.map(\.name) }
}
