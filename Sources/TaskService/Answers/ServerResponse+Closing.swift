import UVCore
import UVHTTP

extension ServerResponse {
    /// Calls `body`, behind what is called already, when the response is done with, one way or the other.
    func whenClosed(_ body: @escaping () throws -> Void) {
        guard let previous = onClose else { return onClose = body }
        onClose = {
            try previous()
            try body()
        }
    }
}
