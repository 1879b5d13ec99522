import UVCore

/// The values of a route's `:name` segments.
public struct PathParameters: Sendable {
    private var values: [(name: String, value: String)] = []

    init() {}

    init(names: [String], values: [String]) {
        self.values = Array(zip(names, values)).map { ($0, $1) }
    }

    /// The segment that `:name` stands for, percent-decoded; nil if the route has no such name.
    public subscript(name: String) -> String? {
        values.first { $0.name.isSame(as: name) }?.value
    }
}
