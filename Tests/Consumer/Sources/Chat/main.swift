import UVWebSocket

EventLoop.main { loop in
    let chat = Chat()
    let server = HTTPServer(chat.router).listen(port: 8080)
    loop.setInterval(.seconds(5)) { chat.hub.broadcast("\(chat.hub.memberCount) here", to: .all) }
    let end = {
        chat.hub.shutdown(reason: "See you later.")
        server.close { loop.exit(0) }
        loop.setTimeout(.seconds(10)) { loop.exit(0) }  // What has not ended by then is cut off.
    }
    for signal in [Signal.interrupt, .terminate] { try SignalWatcher(signal, end) }
}
