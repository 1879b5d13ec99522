/// A value that lies in memory of its own: what mostly has none of it is one word larger for it, and copies share it.
///
/// It is no `indirect enum`, at which the compiler's check of `consuming` parameters fails (Swift 6.3).
public struct Apart<Value> {
    private let box: Box

    /// Puts the value into memory of its own: one allocation.
    public init(_ value: Value) { box = Box(value) }

    /// The value, which never changes; another one needs another `Apart`.
    public var value: Value { box.value }

    fileprivate final class Box {
        let value: Value

        init(_ value: Value) { self.value = value }
    }
}

extension Apart.Box: Sendable where Value: Sendable {}
extension Apart: Sendable where Value: Sendable {}

extension Apart: Equatable where Value: Equatable {
    public static func == (left: Self, right: Self) -> Bool { left.box === right.box || left.value == right.value }
}

extension Apart: Hashable where Value: Hashable {
    public func hash(into hasher: inout Hasher) { hasher.combine(value) }
}
