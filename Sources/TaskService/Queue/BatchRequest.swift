import DequeModule
import TaskEngine
import UVCore

/// What `POST /tasks/batch` is sent: tasks that are made together, of which one may name another that it needs.
struct BatchRequest {
    /// How many tasks a batch has at most.
    static let limit = 1_000

    struct Item {
        var fields = TaskFields()
        /// What other tasks of the batch call it.
        var ref: PlainText?
        fileprivate var needs: [Need] = []
    }

    fileprivate enum Need {
        case task(TaskID)
        /// The task of the batch that is called so.
        case ref(PlainText)
    }

    /// Tasks of the batch that need each other in a circle: what they are called, the first also last.
    struct Circle: Error {
        let path: [String]
    }

    let items: [Item]
    /// The places of the items that each item needs.
    private let edges: [[Int]]

    /// - Complexity: O(length).
    init(json bytes: [UInt8]) throws(BodyError) {
        var refusal: BodyError?
        items = try BodyReader.read(bytes) { body throws(JSONError) in
            var items: [Item]?
            while let name = try body.nextMember() {
                guard body.says(name, "tasks") else {
                    try body.skip()
                    continue
                }
                refusal = nil
                items = try body.batchItems(&refusal)
            }
            if items?.isEmpty == true { items = body.note(nil, "tasks", Self.rule) }
            return body.required(items, "tasks")
        }
        if let refusal { throw refusal }
        edges = try Self.edges(of: items)
    }

    fileprivate static let rule = "an array of 1 to \(limit) tasks"

    fileprivate static func needsUnknown(at index: Int) -> BodyError {
        let rule = "a list of at most 1,000 task ids, each a UUID, or # and the ref of a task of the batch"
        return .fault(BodyFault(field: TaskField.dependencies.rawValue, rule: rule, index: index))
    }

    private static func edges(of items: [Item]) throws(BodyError) -> [[Int]] {
        var places: [PlainText: Int] = [:]
        for (index, item) in items.enumerated() {
            guard let ref = item.ref else { continue }
            guard places.updateValue(index, forKey: ref) == nil else {
                throw .fault(BodyFault(field: "ref", rule: "another than that of any other task", index: index))
            }
        }
        var edges: [[Int]] = []
        for (index, item) in items.enumerated() {
            var own: [Int] = []
            for case .ref(let ref) in item.needs {
                guard let place = places[ref] else { throw needsUnknown(at: index) }
                own.append(place)
            }
            edges.append(own)
        }
        return edges
    }

    /// The commands that make the tasks, those first that others need, else as they came; and where in that order each
    /// stands.
    ///
    /// - Complexity: O((tasks + edges) · log tasks).
    func actions(_ nextID: () -> TaskID) throws(Circle) -> (actions: [TaskCommand.Action], places: [Int]) {
        let order = try order()
        var (ids, places) = ([TaskID?](repeating: nil, count: items.count), [Int](repeating: 0, count: items.count))
        let actions = order.enumerated().map { place, index in
            let id = nextID()
            (ids[index], places[index]) = (id, place)
            var (item, edge) = (items[index], 0)
            let needs = item.needs.compactMap { need -> TaskID? in
                guard case .ref = need else { if case .task(let id) = need { return id } else { return nil } }
                defer { edge += 1 }
                return ids[edges[index][edge]]
            }
            // As many as were read, which was checked.
            if !needs.isEmpty { try? item.fields.set(dependencies: needs) }
            return TaskCommand.Action.create(id, item.fields)
        }
        return (actions, places)
    }

    /// Kahn's algorithm, with a heap that gives the item that came first.
    private func order() throws(Circle) -> [Int] {
        var waiting = edges.map { Set($0).count }
        var dependents = [[Int]](repeating: [], count: items.count)
        for (index, needed) in edges.enumerated() { for place in Set(needed) { dependents[place].append(index) } }
        var ready = PriorityQueue<Int, Int>()
        for index in items.indices where waiting[index] == 0 { ready.insert(index, priority: 0) }
        var order: [Int] = []
        while let index = ready.popFirst() {
            order.append(index)
            for dependent in dependents[index] {
                waiting[dependent] -= 1
                if waiting[dependent] == 0 { ready.insert(dependent, priority: 0) }
            }
        }
        guard order.count < items.count, let start = waiting.firstIndex(where: { $0 > 0 }) else { return order }
        throw circle(from: start, waiting)
    }

    /// Each item that waits needs another that waits, so a walk comes back to where it was.
    private func circle(from start: Int, _ waiting: [Int]) -> Circle {
        var (path, seen): ([Int], [Int: Int]) = ([], [:])
        var index = start
        while seen[index] == nil {
            seen[index] = path.count
            path.append(index)
            index = edges[index].first { waiting[$0] > 0 } ?? start
        }
        let circle = path[(seen[index] ?? 0)...] + [index]
        return Circle(path: circle.map { "#\(items[$0].ref?.text ?? "")" })
    }
}

extension BodyReader {
    /// - Parameter refusal: What is wrong with a task's fields, of the first that has something.
    fileprivate mutating func batchItems(_ refusal: inout BodyError?) throws(JSONError) -> [BatchRequest.Item]? {
        var first: BodyError?
        var index = -1
        let items = try array("tasks", atMost: BatchRequest.limit, BatchRequest.rule, names: "") {
            body throws(JSONError) in
            index += 1
            var wrong: [TaskField] = []
            let item = try body.batchItem(noting: &wrong)
            if first == nil, let field = TaskField.allCases.first(where: wrong.contains) {
                first =
                    field == .dependencies
                    ? BatchRequest.needsUnknown(at: index) : .refused(.invalidField(field), index: index)
            } else if first == nil, let flaw = item?.fields.flaw {
                first = .refused(flaw, index: index)
            }
            return item
        }
        refusal = first
        return items
    }

    private mutating func batchItem(noting wrong: inout [TaskField]) throws(JSONError) -> BatchRequest.Item? {
        guard try json.beginObject() else { return note(nil, "tasks", "objects") }
        var item = BatchRequest.Item()
        while let name = try nextMember() {
            if says(name, "ref") {
                item.ref =
                    try null("ref") ? nil : string("ref", rule: "1 to 64 bytes") { (1...64).contains($0.byteCount) }
            } else if let field = json.withBytes(of: name, TaskField.init(name:)) {
                guard field == .dependencies else {
                    try item.fields.read(field, from: &json, .now, noting: &wrong)
                    continue
                }
                wrong.removeAll { $0 == .dependencies }
                if let needs = try needs() { item.needs = needs } else { wrong.append(.dependencies) }
            } else {
                try skip()
            }
        }
        return item
    }

    private mutating func needs() throws(JSONError) -> [BatchRequest.Need]? {
        guard try json.beginArray() else { return nil }
        var needs: [BatchRequest.Need]? = []
        var count = 0
        while try json.nextElement() {
            count += 1
            guard case .string(let text) = try json.readValue(), count <= 1_000 else {
                needs = nil
                continue
            }
            let need: BatchRequest.Need? = json.withBytes(of: text) { bytes in
                if bytes.byteCount > 1, bytes.byte(at: 0) == UInt8(ascii: "#") {
                    return .ref(PlainText(bytes.extracting(1..<bytes.byteCount).text))
                }
                return TaskID(utf8: bytes).map { .task($0) }
            }
            if let need { needs?.append(need) } else { needs = nil }
        }
        return needs
    }
}

extension TaskFields {
    /// Whether a new task of them has not ended.
    var isOpen: Bool { status == nil || status == .pending || status == .inProgress }

    /// How many bytes the payload has.
    var payloadBytes: Int { ((work?.value.payload ?? nil)?.bytes.count) ?? 0 }
}
