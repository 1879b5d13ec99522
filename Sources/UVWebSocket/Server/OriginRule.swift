import UVCore
public import UVHTTP

/// Which web pages may open a WebSocket.
///
/// A browser lets every page open a WebSocket to every server, with the visitor's cookies, and says in `Origin` which page
/// it is; the server has to look (RFC 6455 section 10.2). A request without `Origin` comes from no page and is admitted.
///
/// ```swift
/// router.webSocket("/chat", origins: .only([try WebOrigin("https://example.org")])) { socket, request in … }
/// ```
public enum OriginRule: Sendable {
    /// Pages of the host and port that the request is for, as `Host` has it, by `http` or `https`.
    ///
    /// A server that is reached by any name, such as one on a developer's machine, also has to look at `Host`: the owner of
    /// a page can let its name lead there (DNS rebinding).
    case sameHost
    /// Pages of these origins, and no others.
    case only([WebOrigin])
    /// Every page: the visitor's cookies and network then count for nothing.
    case any

    /// Whether a page of `origin`, the value of an `Origin` field, may open what `authority` names.
    ///
    /// - Parameter authority: Host and port that the request is for; nil if it names none.
    /// - Complexity: O(length of `origin` × entries).
    package func admits(_ origin: String?, to authority: String?) -> Bool {
        guard let origin else { return true }
        return switch self {
        case .any: true
        case .only(let origins): origins.contains { $0.isNamed(by: origin) }
        case .sameHost: authority.map { Self.isSame(origin, $0) } ?? false
        }
    }

    /// Whether `origin` is `authority` behind a scheme. A port that is the scheme's own may stand in either or not.
    private static func isSame(_ origin: String, _ authority: String) -> Bool {
        for (scheme, port) in [("http://", ":80"), ("https://", ":443")] where origin.begins(with: scheme) {
            let page = Array(origin.utf8.dropFirst(scheme.utf8.count))
            return !page.isEmpty && host(page, without: port) == host(Array(authority.utf8), without: port)
        }
        return false
    }

    private static func host(_ authority: [UInt8], without port: String) -> [UInt8] {
        let isDefault = authority.suffix(port.utf8.count).elementsEqual(port.utf8)
        return authority.dropLast(isDefault ? port.utf8.count : 0).map(\.asciiLowercased)
    }
}
