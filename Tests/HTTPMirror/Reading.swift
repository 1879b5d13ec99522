import HTTPTypes
import UVCore
import UVHTTP

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A request as the program has read it.
struct Reading: Encodable {
    let method: String
    let url: String
    let version: String
    let fields: [[String]]

    /// One character a byte.
    let body: String
    let trailers: [[String]]
    let isTunnel: Bool

    @LoopActor
    init(of request: IncomingMessage, _ body: [UInt8], isTunnel: Bool = false) {
        method = request.method.rawValue
        url = request.url
        version = request.httpVersion
        fields = request.headerFields.map { [$0.name.rawName, $0.value] }
        self.body = String(String.UnicodeScalarView(body.map { Unicode.Scalar($0) }))
        trailers = request.trailers.map { [$0.name.rawName, $0.value] }
        self.isTunnel = isTunnel
    }

    var json: [UInt8] {
        get throws { [UInt8](try JSONEncoder().encode(self)) }
    }
}

extension [UInt8] {
    var base64: String { Data(self).base64EncodedString() }
}
