/// A value that lies in memory of its own: what mostly has none of it is one word larger for it, and copies share it.
@frozen
public indirect enum Apart<Value> {
    case at(Value)

    public init(_ value: Value) { self = .at(value) }

    public var value: Value {
        switch self {
        case .at(let value): value
        }
    }
}

extension Apart: Sendable where Value: Sendable {}
extension Apart: Equatable where Value: Equatable {}
extension Apart: Hashable where Value: Hashable {}
