import UVCore

func listeningIsLater() -> Int32 {
    EventLoop.run { loop in
        let first = Server { _ in }
        @LoopActor func say(_ what: String, _ server: Server) {
            print(what, server.isListening, server.address == nil)
        }

        loop.nextTick { say("tick before", first) }
        first.listen(port: 0) {
            say("callback", first)
            let second = Server { _ in }
            second.onError = { error in
                say("error \(error.name)", second)
                second.close { error in print("second closed, error:", error != nil) }
                first.close { error in print("first closed, error:", error != nil) }
            }
            second.listen(port: first.port) { print("never") }
            say("second returned", second)
            loop.nextTick {
                say("tick", second)
                loop.nextTick { print("its tick") }
            }
        }
        say("first returned", first)
        loop.nextTick { say("tick behind", first) }

        let third = Server { _ in }
        third.listen(port: 0) { print("never") }
        third.close { error in print("third closed, error:", error != nil) }
    }
}
