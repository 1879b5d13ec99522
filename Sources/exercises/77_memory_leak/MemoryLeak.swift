import UVCore

@LoopActor
private final class Client {
    var messages: [String] = []

    /// What is called when there is news.
    var listener: ((String) -> Void)?

    func listen() {
        listener = { message in self.messages.append(message) }
    }

    func listenWeakly() {
        listener = { [weak self] message in self?.messages.append(message) }
    }

    func leave() { listener = nil }
}

private struct WeakReference {
    weak var client: Client?
}

/// A hundred clients come, hear the news, and go.
@LoopActor
private func visit(_ come: (Client) -> Void, _ go: (Client) -> Void) -> [WeakReference] {
    var references: [WeakReference] = []
    for _ in 1...100 {
        let client = Client()
        come(client)
        client.listener?("news")
        go(client)
        references.append(WeakReference(client: client))
    }
    return references
}

@LoopActor
private func count(_ references: [WeakReference], _ what: String, _ then: @escaping () -> Void) {
    EventLoop.current.setImmediate {
        let alive = references.count { $0.client != nil }
        print("\(what): \(alive) of \(references.count) clients are still in memory")
        then()
    }
}

func memoryLeak() -> Int32 {
    EventLoop.run { _ in
        let forgetful = visit({ client in client.listen() }, { _ in })
        count(forgetful, "gone without a word") {
            for reference in forgetful { reference.client?.listener = nil }
            count(forgetful, "their listeners removed") {
                let polite = visit({ client in client.listen() }, { client in client.leave() })
                count(polite, "gone with their listeners") {
                    let weak = visit({ client in client.listenWeakly() }, { _ in })
                    count(weak, "held weakly by their listeners") {}
                }
            }
        }
    }
}
