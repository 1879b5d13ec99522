/// `permessage-deflate` of one connection: both ways.
package final class MessageDeflate {
    let inflater: MessageInflater
    let deflater: MessageDeflater

    /// - Parameters:
    ///   - agreement: What both ends have agreed on.
    ///   - role: This end.
    ///   - shared: Of all that compress as far back as this one.
    package init(_ agreement: DeflateAgreement, as role: WebSocketRole, _ shared: SharedDeflaters) {
        let (own, peers) =
            role == .server ? (agreement.server, agreement.client) : (agreement.client, agreement.server)
        inflater = MessageInflater(peers)
        deflater = MessageDeflater(shared.deflater(own.windowBits), takesContextOver: own.takesContextOver)
    }

    /// Lets go of the memory.
    func release() {
        inflater.release()
        deflater.release()
    }
}

/// What the connections that came the same way share: a deflater for each size of the window, eight at most.
package final class SharedDeflaters {
    let options: PerMessageDeflate
    private var deflaters: [Int: SharedDeflater] = [:]

    package init(_ options: PerMessageDeflate) { self.options = options.checked() }

    func deflater(_ windowBits: Int) -> SharedDeflater {
        if let made = deflaters[windowBits] { return made }
        let made = SharedDeflater(options, windowBits: windowBits)
        deflaters[windowBits] = made
        return made
    }
}
