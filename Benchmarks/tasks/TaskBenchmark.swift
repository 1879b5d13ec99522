import TaskEngine

/// Prints what each change costs the engine among few tasks and among many: `create 2650 3010 114`, nanoseconds and
/// their ratio in per cent, a line each.
///
/// The two are measured in turns, so that both see the machine as it is, and the middle one of the ratios counts.
@main
struct TaskBenchmark {
    private static let sizes = [1_000, 100_000]
    private static let rounds = 201
    private static let operations = 250

    private enum Operation: String, CaseIterable {
        case create, next, priority, delete
    }

    static func main() {
        var random = SystemRandomNumberGenerator()
        var stores = sizes.map { Tasks(count: $0, using: &random) }
        var costs: [Operation: [[Double]]] = [:]
        for _ in 0..<rounds {
            let costsOfSizes = stores.indices.map { round(&stores[$0], using: &random) }
            for operation in Operation.allCases {
                costs[operation, default: []].append(costsOfSizes.map { $0[operation] ?? 0 })
            }
        }
        for operation in Operation.allCases {
            let pairs = costs[operation] ?? []
            let (few, many) = (middle(pairs.map { $0[0] }), middle(pairs.map { $0[1] }))
            print(operation.rawValue, Int(few), Int(many), Int(middle(pairs.map { 100 * $0[1] / $0[0] })))
        }
    }

    /// Nanoseconds of each operation in one round.
    private static func round(
        _ tasks: inout Tasks, using random: inout some RandomNumberGenerator
    ) -> [Operation: Double] {
        let leaving = tasks.take(operations, using: &random)
        let changing = tasks.some(operations, using: &random)
        var found = 0
        var costs: [Operation: Double] = [:]
        costs[.next] = nanoseconds {
            for _ in 0..<operations { found += tasks.ledger.store.next == nil ? 0 : 1 }
        }
        costs[.priority] = nanoseconds {
            for (id, priority) in changing { tasks.change(id, priority: priority) }
        }
        costs[.delete] = nanoseconds {
            for id in leaving { tasks.delete(id) }
        }
        costs[.create] = nanoseconds {
            for _ in 0..<operations { tasks.create(using: &random) }
        }
        precondition(found == operations, "the queue was empty")
        return costs
    }

    private static func nanoseconds(_ body: () -> Void) -> Double {
        ContinuousClock().measure(body) / .nanoseconds(1) / Double(operations)
    }

    private static func middle(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
