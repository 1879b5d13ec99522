import TaskEngine
import Testing

@testable import TaskService

@Suite("What the queue's requests say")
struct QueueBodiesTests {
    private func fault<Value>(_ read: () throws -> Value) -> (field: String, isMissing: Bool)? {
        do {
            _ = try read()
            return nil
        } catch BodyError.fault(let fault) {
            return (fault.field, fault.rule == nil)
        } catch {
            return nil
        }
    }

    @Test("A claim has its defaults, and what it names is kept once")
    func claim() throws {
        let plain = try ClaimRequest(json: Array(#"{"worker":"mail-1:4711@host"}"#.utf8))
        #expect(plain.claim == Claim(worker: "mail-1:4711@host") && plain.wait == .zero)
        let text = #"""
            {"worker":"w","types":["a",null,"a"],"projects":["p"],"limit":100,"lease":5,"wait":0.25,"key":"k","x":1}
            """#
        let full = try ClaimRequest(json: Array(text.utf8))
        #expect(
            full.claim
                == Claim(worker: "w", types: ["a", nil], projects: ["p"], limit: 100, lease: .seconds(5), key: "k"))
        #expect(full.wait == .milliseconds(250))
    }

    @Test(
        "A member with a wrong value is named, and one that is missing",
        arguments: [
            ("{}", "worker", true), (#"{"worker":""}"#, "worker", false), (#"{"worker":"a b"}"#, "worker", false),
            (#"{"worker":"w","limit":0}"#, "limit", false), (#"{"worker":"w","limit":101}"#, "limit", false),
            (#"{"worker":"w","wait":60.1}"#, "wait", false), (#"{"worker":"w","wait":-1}"#, "wait", false),
            (#"{"worker":"w","lease":4.9}"#, "lease", false), (#"{"worker":"w","types":"a"}"#, "types", false),
            (#"{"worker":"w","types":[""]}"#, "types", false),
            (#"{"worker":"w","projects":["a/b"]}"#, "projects", false),
            (#"{"worker":"w","key":""}"#, "key", false), (#"{"worker":7}"#, "worker", false),
        ])
    func wrongClaims(text: String, field: String, isMissing: Bool) throws {
        let fault = try #require(fault { try ClaimRequest(json: Array(text.utf8)) })
        #expect(fault == (field, isMissing))
    }

    @Test(
        "A whole number may be written as any number of JSON is",
        arguments: [("5e0", 5), ("5.0", 5), ("1e15", 1_000_000_000_000_000), ("9.2e18", 9_200_000_000_000_000_000)])
    func wholeNumbers(text: String, fence: Int) throws {
        let request = try HolderRequest(.complete, json: Array(#"{"fence":\#(text)}"#.utf8))
        #expect(request.fence == fence)
        for wrong in ["1e19", "1.5", "0.1e1000", "-1e15", "1e-1"] {
            #expect(throws: BodyError.self) {
                try HolderRequest(.complete, json: Array(#"{"fence":\#(wrong)}"#.utf8))
            }
        }
    }

    @Test("Of two members of one name the last counts, the wrong one too; what is no JSON is told first")
    func lastCounts() throws {
        #expect(try ClaimRequest(json: Array(#"{"worker":7,"worker":"w"}"#.utf8)).claim.worker == "w")
        #expect(fault { try ClaimRequest(json: Array(#"{"worker":"w","worker":7}"#.utf8)) }?.field == "worker")
        #expect(throws: BodyError.self) { try ClaimRequest(json: Array(#"{"worker":7,"#.utf8)) }
        #expect(fault { try ClaimRequest(json: Array(#"{"worker":7,"#.utf8)) } == nil, "it is no JSON")
        #expect(fault { try ClaimRequest(json: Array("[]".utf8)) } == nil, "it is no object")
    }

    @Test("A result is kept as it came, and 64 KiB of it are taken and no more")
    func result() throws {
        let text = #"{"fence":7,"result": {"n": 12345678901234567890, "a":[1, 2]} }"#
        guard case .complete(let result?) = try HolderRequest(.complete, json: Array(text.utf8)).command else {
            throw Failure.noResult
        }
        #expect(String(decoding: result.bytes, as: UTF8.self) == #"{"n": 12345678901234567890, "a":[1, 2]}"#)
        func sized(_ count: Int) -> [UInt8] {
            Array(#"{"fence":7,"result":"\#(String(repeating: "x", count: count - 2))"}"#.utf8)
        }
        #expect(throws: Never.self) { try HolderRequest(.complete, json: sized(65_536)) }
        #expect(fault { try HolderRequest(.complete, json: sized(65_537)) }?.field == "result")
    }

    private enum Failure: Error { case noResult }

    @Test("A failure needs a message, which is cut at 1,000 scalars")
    func failure() throws {
        #expect(
            fault { try HolderRequest(.fail, json: Array(#"{"fence":7}"#.utf8)) }.map { $0 == ("error", true) } == true)
        let missing = fault { try HolderRequest(.fail, json: Array(#"{"fence":7,"error":{"code":"X"}}"#.utf8)) }
        #expect(missing?.field == "error.message")
        let message = String(repeating: "é", count: 1_001)
        let text = #"{"fence":7,"error":{"message":"\#(message)"},"retryable":false,"retryAfter":0.5}"#
        guard case .fail(let failure) = try HolderRequest(.fail, json: Array(text.utf8)).command else {
            throw Failure.noResult
        }
        #expect(failure.error.message.text.unicodeScalars.count == 1_000)
        #expect(!failure.isRetryable && failure.retryAfter == .milliseconds(500))
    }

    @Test("A turn asks for what ends first, then for renewals, and last for its claim, by the worker's name")
    func turn() throws {
        let id = "01a209fd-c673-7000-86a0-b878e676416e"
        let text = #"""
            {"claim":{"limit":3,"wait":1},"renew":[{"id":"\#(id)","fence":1}],"complete":[{"id":"\#(id)","fence":2}],
             "worker":"w"}
            """#
        let turn = try TurnRequest(json: Array(text.utf8))
        let task = try #require(TaskID(id))
        #expect(
            turn.actions == [
                .work(.complete(task, fence: 2, result: nil)), .work(.renew(task, fence: 1, lease: nil)),
                .work(.claim(Claim(worker: "w", limit: 3))),
            ])
        let wrong = #"{"worker":"w","complete":[{"id":"\#(id)","fence":1},{"id":"x","fence":2}]}"#
        #expect(fault { try TurnRequest(json: Array(wrong.utf8)) }?.field == "complete.id")
        #expect(fault { try TurnRequest(json: Array(#"{"claim":{}}"#.utf8)) }.map { $0 == ("worker", true) } == true)
    }

    @Test(
        "Times with an offset are read, and nothing else",
        arguments: [
            ("1970-01-01T00:00:01Z", 1_000), ("1970-01-01T00:00:00.5Z", 500), ("1970-01-01T01:00:00+01:00", 0),
            ("1969-12-31T19:00:00.123456-0500", 123), ("1970-01-01T00:01Z", 60_000), ("1970-01-01T02:00:00+02", 0),
            ("1970-01-01T00:00:01", nil), ("1970-01-01", nil), ("1970-02-30T00:00:00Z", nil), ("now", nil),
            ("1970-01-01T00:00:00.Z", nil), ("1970-01-01T00:00:00+1:00", nil), ("1970-01-01T25:00:00Z", nil),
            ("1970-01-01T00:00:00+24:00", nil), ("1970-01-01 00:00:00Z", nil),
            ("0000-01-01T00:01:00+00:01", -62_167_219_200_000), ("0000-01-01T00:00:59.999+00:01", nil),
            ("9999-12-31T23:58:59.999-00:01", 253_402_300_799_999), ("9999-12-31T23:59:00-00:01", nil),
        ] as [(String, Int64?)])
    func times(text: String, milliseconds: Int64?) {
        #expect(Timestamp(iso8601: text.utf8Span.span.bytes)?.milliseconds == milliseconds)
    }
}
