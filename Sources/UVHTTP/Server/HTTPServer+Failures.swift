import UVCore

// An error of one client must not end the server: what a callback of one request or one connection throws ends that
// one, and the server goes on. In Node such an error is an uncaught exception.

extension HTTPServer {
    /// A handler has failed, or a callback that it has set on its request or response.
    func handle(_ error: any Error, _ request: IncomingMessage, _ response: ServerResponse) {
        // A handler that gives up because the body has ended early has not failed: its client is gone, or was answered.
        if error is HTTPBodyError, request.isAborted { return }
        if let error = error as? HTTPError { return response.refuse(error) }
        guard let onHandlerError else {
            if case HTTPBodyError.tooLarge = error { return response.fail(.contentTooLarge) }
            StandardStream.error.write("Error in the handler of \(request.method) \(request.path): \(error)\n")
            return response.fail()
        }
        if loop.contain("onHandlerError", { try onHandlerError(error, request, response) }) { return }
        response.fail()
    }
}
