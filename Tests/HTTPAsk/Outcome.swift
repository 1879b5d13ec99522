import UVHTTP

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What has come of one request.
struct Outcome {
    var informed: [Int] = []
    var status = 0
    var url = ""
    var fields: [[String]] = []
    var content: [UInt8] = []
    var trailers: [[String]] = []
    var failure: String?

    @LoopActor
    mutating func begin(_ response: ClientResponse) {
        status = response.status.code
        url = response.url
        fields = response.headerFields.map { [$0.name.rawName, $0.value] }
    }

    var json: String? {
        struct Line: Encodable {
            let informed: [Int]
            let status: Int
            let url: String
            let fields, trailers: [[String]]
            let content: String
            let failure: String?
        }
        let line = Line(
            informed: informed, status: status, url: url, fields: fields, trailers: trailers,
            content: Data(content).base64EncodedString(), failure: failure)
        return (try? JSONEncoder().encode(line)).map { String(decoding: $0, as: UTF8.self) }
    }
}
