import UVTasks

EventLoop.main { loop in
    let address = CommandLine.arguments.dropFirst().first ?? "ws://localhost:3000/ws/tasks"
    guard let url = WebSocketURL(address) else { return print("\(address) is no URL") }
    let feed = TaskFeed(from: url)
    feed.onMessage = { message in print(message.text) }
    feed.onLoss = { loss, delay in print("there is no connection, the next try is in \(delay)") }
    feed.onResume = { resumption in print("back again: \(resumption)") }
    feed.start()
}
