import TaskEngine

var ledger = TaskLedger()
var log: [TaskEvent] = []
let now = Timestamp(milliseconds: 1_767_323_045_678)

@MainActor func decide(_ action: TaskCommand.Action) -> Decision.Outcome {
    let command = TaskCommand(action, requestID: "first", timestamp: now)
    return ledger.settle(command) { event in log.append(event) }.outcome
}

var ids = TaskIDGenerator()
let (design, build) = (ids.next(at: now, random: 1), ids.next(at: now, random: 2))
var fields = TaskFields()
try fields.set(title: "Design")
_ = decide(.create(design, fields))
try fields.set(title: "Build")
try fields.set(dependencies: [design])
_ = decide(.create(build, fields))

if case .claimed(let tasks, _) = decide(.work(.claim(Claim(worker: "Ada")))), let task = tasks.first?.task,
    let fence = task.fence
{
    print("claimed: \(task.title)")
    _ = decide(.work(.complete(task.id, fence: fence, result: nil)))
    _ = decide(.work(.settle(limit: 100)))
}
for event in log where event.cause?.kind == .ready { print("ready: \(event.task?.title ?? "-")") }

var copy = TaskStore()
for event in log { try copy.apply(event) }
print("\(log.count) events, the same store: \(copy == ledger.store)")
