import DequeModule

/// The last elements of a list that never ends: when there is no room, the oldest goes.
struct BoundedHistory<Element> {
    /// How many are kept.
    let capacity: Int

    private(set) var elements = Deque<Element>()

    /// How many had to go.
    private(set) var dropped = 0

    /// - Precondition: `capacity` is at least one.
    init(capacity: Int) {
        precondition(capacity > 0, "a history of \(capacity) elements")
        self.capacity = capacity
    }

    var count: Int { elements.count }

    /// - Complexity: O(1) amortised.
    mutating func append(_ element: Element) {
        if elements.count == capacity {
            elements.removeFirst()
            dropped += 1
        }
        elements.append(element)
    }

    /// Takes the oldest out; nil when there is none.
    mutating func removeFirst() -> Element? { elements.popFirst() }

    mutating func removeAll() {
        elements = []
        dropped = 0
    }
}

extension BoundedHistory: Sendable where Element: Sendable {}
