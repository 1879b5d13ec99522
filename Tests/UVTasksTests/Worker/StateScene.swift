import Testing
import UVHTTP
import UVTasks
import UVWebSocket

/// A worker's state, the time that a test gives it, and what it wants done, in words. A task's id is its fence.
struct StateScene {
    var state: WorkerState
    var now: Int64 = 0
    private var generator = Highest()

    init(slots: Int, isOnce: Bool = false) {
        var settings = WorkerState.Settings(worker: "w", keyPrefix: "k")
        (settings.types, settings.slots, settings.isOnce) = (["email"], slots, isOnce)
        state = WorkerState(settings)
    }

    static func id(_ fence: Int) -> ClaimID { ClaimID(task: "\(fence)", fence: fence) }

    mutating func turn(_ line: WorkerLine.Name) -> Turn? { state.nextTurn(on: line, at: now) }

    /// The server has heard all, and says no more than that; a claim without tasks is answered a second later, if not at once.
    mutating func answer(
        _ line: WorkerLine.Name, tasks: [Int] = [], errors: [Int: String] = [:], cancelled: [Int] = [],
        command: String? = nil, isHasty: Bool = false, lease: Double = 30
    ) -> [String] {
        let turn = state[line].turn
        if turn?.claim != nil, tasks.isEmpty, !isHasty { now += 1_000 }
        func items(_ ids: [ClaimID]) -> String {
            ids.map { id in
                if let code = errors[id.fence] {
                    return #"{"id":"\#(id.fence)","error":{"code":"\#(code)","message":"no"}}"#
                }
                return #"{"id":"\#(id.fence)","ok":true,"cancelRequested":\#(cancelled.contains(id.fence))}"#
            }.joined(separator: ",")
        }
        let claimed = tasks.map { #"{"id":"\#($0)","type":"email","lease":{"fence":\#($0),"seconds":\#(lease)}}"# }
        let text = """
            {"complete":[\(items(turn?.outcomes.map(\.id) ?? []))],"renew":[\(items(turn?.renewals.map(\.id) ?? []))],\
            "tasks":[\(claimed.joined(separator: ","))],"command":\(command.map { "\"\($0)\"" } ?? "null")}
            """
        guard let answer = try? JSON(text)?.decode(as: TurnAnswer.self) else { return ["no answer: \(text)"] }
        return words(state.receive(answer, on: line, at: now, using: &generator))
    }

    mutating func lose(_ line: WorkerLine.Name, _ error: TaskError = .unreachable(.noAnswer)) -> [String] {
        words(state.lose(on: line, error, at: now, using: &generator))
    }

    mutating func advance() -> [String] { words(state.advance(at: now)) }

    mutating func complete(_ fence: Int, _ result: JSON? = nil) {
        state.finish(Turn.Outcome(id: Self.id(fence), kind: .complete(result)))
    }

    func refusal(_ status: Int, retryAfter: Duration? = nil) -> TaskError {
        .refused(TaskError.Refusal(status: status, code: "CODE", message: "no", retryAfter: retryAfter))
    }

    private func words(_ actions: [WorkerState.Action]) -> [String] {
        actions.map { action in
            switch action {
            case .start(let task): "start \(task.id.fence)"
            case .cancel(let id): "cancel \(id.fence)"
            case .stop: "stop"
            case .tell(.unreachable(_, let delay)): "unreachable \(delay.wholeMilliseconds)"
            case .tell(.lost(let task, let code)): "lost \(task) \(code)"
            case .tell(.refused(let task, let code, _)): "refused \(task) \(code)"
            case .tell(.untold(let count)): "untold \(count)"
            }
        }
    }
}

extension Turn.Outcome {
    var word: String {
        switch kind {
        case .complete: "complete \(id.fence)"
        case .fail(_, let isRetryable, _): "fail \(id.fence)\(isRetryable ? "" : " for good")"
        case .release: "release \(id.fence)"
        }
    }
}

/// The longest pause each time.
private struct Highest: RandomNumberGenerator {
    mutating func next() -> UInt64 { .max }
}
