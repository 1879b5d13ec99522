/// The answer to a request of which these bytes have come so far; nil while its head is not whole.
public func answer(to bytes: [UInt8]) -> [UInt8]? {
    guard let end = endOfHead(bytes) else { return nil }
    let line = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n").first ?? ""
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, words[2] == "HTTP/1.1", words[1].hasPrefix("/") else {
        return answer("400 Bad Request", "no request line\n")
    }
    guard words[1] == "/health" else { return answer("404 Not Found", "no such path\n") }
    guard words[0] == "GET" else { return answer("405 Method Not Allowed", "wrong method\n", "Allow: GET\r\n") }
    return answer("200 OK", "ok\n")
}

/// Where the empty line begins that ends a head: four bytes, which may come in four pieces.
private func endOfHead(_ bytes: [UInt8]) -> Int? {
    let mark = Array("\r\n\r\n".utf8)
    return bytes.indices.first { bytes[$0...].starts(with: mark) }
}

private func answer(_ status: String, _ body: String, _ fields: String = "") -> [UInt8] {
    Array("HTTP/1.1 \(status)\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
}
