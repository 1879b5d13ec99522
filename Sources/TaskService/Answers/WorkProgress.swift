import TaskEngine

/// How far a worker has come with a task: shown with it, and gone with the lease.
struct WorkProgress {
    var percent: Double?
    var note: PlainText?
}
