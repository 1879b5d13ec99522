import Testing

@testable import UVHTTPExtras

@Suite("Whether a client wants gzip")
struct AcceptEncodingTests {
    @Test(
        "It does",
        arguments: [
            "gzip", "GZIP", "x-gzip", "gzip, deflate, br", "br;q=1, gzip;q=0.8, *;q=0.1", "*", "gzip;q=0.001",
            "gzip ; q=1.000", "gzip;Q=0.5", "identity;q=0.5, gzip;q=0.5", "deflate,gzip;q=1", "gzip;q=1.",
            "identity;q=0, *", "*;q=0.1", "gzip;q=0, x-gzip",
        ])
    func wanted(field: String) { #expect(AcceptEncoding(field).prefersGzip) }

    @Test(
        "It does not",
        arguments: [
            "", "identity", "deflate, br", "gzip;q=0", "gzip;q=0.000", "*;q=0", "gzip;q=0, *",
            "gzip;q=0.4, identity;q=0.5",
            "identity, *;q=0.5", "gzip;q=2", "gzip;q=1.001", "gzip;q=0.1234", "gzip;q=a", "gzip;level=1", "gzipped",
            "gzip;q=-1", "gzip;q", "identity;q=0", "gzip;q=0.",
        ])
    func unwanted(field: String) { #expect(!AcceptEncoding(field).prefersGzip) }
}
