import UVTasks

struct Mail: Codable { var to: String }
struct Receipt: Codable { var fence: Int }

EventLoop.main { loop in
    // It shows TASKFLOW_TOKEN.
    let tasks = TaskClient(CommandLine.arguments.dropFirst().first ?? "http://localhost:3000")
    tasks.enqueue(NewTask("email", payload: Mail(to: "a@b.c")), delay: .seconds(1)) { result in
        print("made \(try result.get().title)")
    }
    let worker = TaskWorker(tasks, name: "mail", concurrency: 8, lease: .seconds(30), drain: .seconds(25))
    worker.on("email") { job in
        let mail = try job.payload(as: Mail.self)
        job.progress(40, "rendered")
        let page = try await loop.workers.run { _ in "Dear \(mail.to)" }  // CPU work; cancelled with the job
        guard page.utf8.count < 1_000 else { throw TaskFailure("too long", retryable: false) }
        print(page)
        return Receipt(fence: job.fence)
    }
    worker.onNotice = { notice in print(notice) }
    worker.start()  // SIGTERM: no more claims, waits for the drain, gives back the rest
}
