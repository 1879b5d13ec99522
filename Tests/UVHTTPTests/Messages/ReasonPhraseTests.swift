import Testing

@testable import UVHTTP

@Suite("Reason phrases")
struct ReasonPhraseTests {
    @Test(
        "A status without a phrase of its own is sent with Node's",
        arguments: [
            (HTTPResponse.Status(code: 400), "Bad Request"), (HTTPResponse.Status(code: 408), "Request Timeout"),
            (413, "Payload Too Large"), (.contentTooLarge, "Payload Too Large"),
            (.unprocessableContent, "Unprocessable Entity"), (.ok, "OK"), (299, "unknown"),
            (HTTPResponse.Status(code: 400, reasonPhrase: "No Way"), "No Way"),
        ])
    func phrase(status: HTTPResponse.Status, phrase: String) {
        #expect(status.phrase == phrase)
    }
}
