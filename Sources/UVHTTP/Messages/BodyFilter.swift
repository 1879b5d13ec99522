package import UVCore

/// Changes the bytes of an answer's body on their way to the client. Given by ``ServerResponse/filterBody(by:)``.
@LoopActor
package protocol BodyFilter: AnyObject {
    /// The head is about to be closed, and may be changed. False if the body stays as it is.
    ///
    /// - Parameter count: The length of the body, if it is there as a whole.
    func begin(_ response: ServerResponse, count: Int?) -> Bool

    /// What is sent in place of `bytes`: all that the client needs to have them.
    func filter(_ bytes: RawSpan, isLast: Bool) -> [UInt8]

    /// Takes a body that is whole and costs more than a turn may, and calls `done` later, at most once, with what is sent in
    /// its place. False, and nothing is taken, where ``filter(_:isLast:)`` is to be asked.
    func filterLater(_ bytes: RawSpan, _ response: ServerResponse, _ done: @escaping ([UInt8]) -> Void) -> Bool
}

extension ServerResponse {
    /// Has `filter` change the body. It takes the place of one that was given before.
    package func filterBody(by filter: any BodyFilter) {
        guard !headersSent else { return misuse("filterBody") }
        exchange.setExtra { $0.filter = filter }
    }
}

extension HTTPExchange {
    /// Lets the filter see the head before it is closed.
    func beginFilter(_ count: Int?) {
        guard let filter = state.extras?.filter else { return }
        if !filter.begin(response, count: count) { state.extras?.filter = nil }
    }

    /// Sends what the filter makes of a piece of the body.
    func sendFiltered(_ bytes: RawSpan) -> Bool {
        guard let filter = state.extras?.filter, !bytes.isEmpty else { return sendBody(bytes) }
        return sendBody(filter.filter(bytes, isLast: false).span.bytes)
    }

    /// Ends the answer with what the filter makes of the last piece: now or, where that takes long, when it is made. The
    /// answer counts as ended until then, and those behind it wait for it.
    func endFiltered(_ bytes: RawSpan) {
        let isWhole = !answer.isHeadSent
        if isWhole { beginFilter(bytes.byteCount) }
        guard let filter = state.extras?.filter else { return end(bytes) }
        state.extras?.filter = nil
        if isWhole, filter.filterLater(bytes, response, { [self] in endWithheld($0) }) {
            return state.value.answer.withhold()
        }
        end(filter.filter(bytes, isLast: true).span.bytes)
    }

    private func endWithheld(_ bytes: [UInt8]) {
        guard answer.isWithheld else { return }
        state.value.answer.release()
        end(bytes.span.bytes)
    }
}
