import UVCore
import UVHTTP

extension ServerResponse {
    /// The whole number that the request gives in its query; nil when it was refused, and answered.
    ///
    /// - Parameter names: The parameters that the path takes, if there are others.
    func parameter(
        _ name: String, of request: IncomingMessage, in range: ClosedRange<Int>, default standard: Int,
        among names: [String]? = nil
    ) -> Int? {
        do throws(QueryParameters.Invalid) {
            let query = request.query
            try query.allow(only: names ?? [name])
            return try query.integer(name, in: range) ?? standard
        } catch {
            end(error)
            return nil
        }
    }
}
