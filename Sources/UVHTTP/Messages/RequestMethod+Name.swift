import HTTPTypes
import UVCore

extension RequestMethod {
    /// The method as the ecosystem's type.
    var name: HTTPRequest.Method {
        switch self {
        case .get: .get
        case .head: .head
        case .post: .post
        case .put: .put
        case .patch: .patch
        case .delete: .delete
        case .options: .options
        // Every method's name is a token, so this finds one.
        default: HTTPRequest.Method(rawValue.text) ?? .get
        }
    }

    /// The method of that name, if the parser knows it.
    package init?(_ name: HTTPRequest.Method) { self.init(rawValue: ByteText(name.rawValue)) }
}
