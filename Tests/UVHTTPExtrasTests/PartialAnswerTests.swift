import Foundation
import HTTPTypes
import LoopTesting
import Testing
import UVCore
import UVHTTP
import UVHTTPExtras

@Suite("Answers without the content, or with a part of it, say of it what the whole one does")
struct PartialAnswerTests {
    private static let gzip = "Accept-Encoding: gzip\r\n"

    /// This file, served as one of `type`. It is older than two seconds, so that its tag is strong.
    private func ask(_ type: String, _ starts: [String], _ fields: String) async -> [RawAnswer] {
        await UVHTTPExtrasTests.ask(starts, fields) {
            var options = StaticFiles.Options()
            options.types["swift"] = type
            return StaticFiles(URL(fileURLWithPath: #filePath).deletingLastPathComponent().path, options)
        }
    }

    private static let path = "/PartialAnswerTests.swift"

    @Test(
        "304 has the tag and the Vary of the 200 to the same request: RFC 9110 section 15.4.5",
        arguments: ["text/plain", "image/png"], [gzip, ""])
    func notModified(type: String, encoding: String) async throws {
        let starts = ["GET \(Self.path)", "HEAD \(Self.path)"]
        // The content comes in chunks, which are not read here; HEAD has the same fields.
        let whole = try #require(await ask(type, [starts[1]], encoding).first)
        let tag = try #require(whole.value(of: "etag"))
        #expect(whole.has("200 ok") && tag.hasPrefix("w/") == (type == "text/plain" && encoding == Self.gzip))
        let later = "Fri, 31 Dec 2100 23:59:59 GMT"
        for condition in ["If-None-Match: \(tag)", "If-None-Match: *", "If-Modified-Since: \(later)"] {
            let answers = await ask(type, starts, "\(encoding)\(condition)\r\n")
            #expect(answers.count == 2)
            for answer in answers {
                #expect(answer.has("304 not modified") && answer.value(of: "etag") == tag, "\(condition)")
                #expect(answer.value(of: "vary") == whole.value(of: "vary") && !answer.has("content-type"))
            }
        }
    }

    @Test(
        "A moment in either obsolete form is a condition as in today's: RFC 9110 section 5.6.7",
        arguments: [
            ("Friday, 01-Jan-10 00:00:00 GMT", "Friday, 01-Jan-72 00:00:00 GMT"),
            ("Fri Jan  1 00:00:00 2010", "Fri Jan  1 00:00:00 2072"),
        ])
    func obsoleteDates(before: String, after: String) async throws {
        let starts = ["GET \(Self.path)"]
        #expect(try #require(await ask("image/png", starts, "If-Unmodified-Since: \(before)\r\n").first).has("412 "))
        #expect(try #require(await ask("image/png", starts, "If-Modified-Since: \(before)\r\n").first).has("200 ok"))
        #expect(try #require(await ask("image/png", starts, "If-Modified-Since: \(after)\r\n").first).has("304 "))
    }

    @Test(
        "206 has the Vary of the 200, with one part or more: RFC 9110 section 15.3.7",
        arguments: ["text/plain", "image/png"], ["0-9", "0-9, 20-29"])
    func partial(type: String, ranges: String) async throws {
        let whole = try #require(await ask(type, ["HEAD \(Self.path)"], Self.gzip).first)
        let start = "GET \(Self.path)"
        let part = try #require(await ask(type, [start], "\(Self.gzip)Range: bytes=\(ranges)\r\n").first)
        #expect(part.has("206 partial content") && !part.has("content-encoding"))
        #expect(part.has("multipart/byteranges") == ranges.contains(","))
        #expect(part.value(of: "vary") == whole.value(of: "vary"))
        #expect((part.value(of: "vary") == "accept-encoding") == (type == "text/plain"))
    }

    @Test(
        "A handler's 304 has a weak tag, unless it says by a type, a coding or no-transform that the 200 is not compressed",
        arguments: [
            ("", "w/\"1\""), ("Content-Type: text/plain", "w/\"1\""), ("Content-Type: image/png", "\"1\""),
            ("Content-Encoding: br", "\"1\""), ("Cache-Control: no-transform", "\"1\""),
        ])
    func ofHandler(line: String, tag: String) async throws {
        let answers = await UVHTTPExtrasTests.ask(["GET /"]) { _, response in
            response.status = .notModified
            response.setHeader(.eTag, "\"1\"")
            if let colon = line.firstIndex(of: ":"), let name = HTTPField.Name(String(line[..<colon])) {
                response.setHeader(name, String(line[colon...].dropFirst(2)))
            }
            response.end()
        }
        let answer = try #require(answers.first)
        #expect(answer.value(of: "etag") == tag)
        #expect(answer.has("vary: accept-encoding") == tag.hasPrefix("w/"))
    }
}
