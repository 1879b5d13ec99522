import UVCore
import UVCrypto
public import UVHTTP

/// Asks a Taskflow server: makes tasks, looks at them, cancels them and has them tried again.
///
/// ```swift
/// let tasks = TaskClient("http://127.0.0.1:3000", token: .fromEnvironment)
/// tasks.enqueue(NewTask("email", payload: Mail(to: "a@b.c")), delay: .seconds(5)) { result in
///     print(try result.get().id)
/// }
/// ```
///
/// Each call is there with a closure and as `async`. One that meets a server that is busy or away is repeated twice, where
/// nothing is done twice by that: a task is made under an `Idempotency-Key` of its own. `Retry-After` is kept to.
@LoopActor
public final class TaskClient {
    /// What is shown to the server.
    public enum Token: Sendable, ExpressibleByStringLiteral {
        /// The environment's `TASKFLOW_TOKEN`; nothing where that is not set, or empty.
        case fromEnvironment
        /// This one.
        case literal(String)
        /// No token: for a server in development mode, where reading needs none.
        case none

        public init(stringLiteral text: String) { self = .literal(text) }

        var text: String? {
            switch self {
            case .fromEnvironment: EventLoop.environment("TASKFLOW_TOKEN").flatMap { $0.isEmpty ? nil : $0 }
            case .literal(let text): text
            case .none: nil
            }
        }
    }

    /// The server's address, `http://host:port` or `https://host:port`.
    public let url: String

    let loop = EventLoop.current
    let line: TaskLine
    private let token: String?
    private let tls: (any SocketSecurity)?

    /// - Parameters:
    ///   - url: The server's address; a text that is no URL fails each call.
    ///   - token: What the server knows the caller by.
    ///   - tls: For an `https` address, the authorities that may vouch for its server; nil for the system's.
    public init(_ url: String, token: Token = .fromEnvironment, tls: (any SocketSecurity)? = nil) {
        self.url = url
        self.token = token.text
        self.tls = tls ?? (url.utf8.prefix(6).elementsEqual("https:".utf8) ? TLSContext() : nil)
        line = Self.makeLine(url, token.text, self.tls, HTTPClient.Options())
    }

    /// A way to the same server with one connection of its own, on which the head of an answer may take `patience`.
    func privateLine(patience: Duration) -> TaskLine {
        var options = HTTPClient.Options()
        options.connectionsPerOrigin = 1
        options.timeouts.head = patience
        return Self.makeLine(url, token, tls, options)
    }

    private static func makeLine(
        _ url: String, _ token: String?, _ tls: (any SocketSecurity)?, _ options: HTTPClient.Options
    ) -> TaskLine {
        let end = url.utf8.last == UInt8(ascii: "/") ? 1 : 0
        return TaskLine(
            base: String(decoding: url.utf8.dropLast(end), as: UTF8.self), token: token,
            client: HTTPClient(options, tls: tls))
    }

    // MARK: - Asking

    /// Asks, again where that is right, and reads the answer.
    func ask<Value>(
        _ question: TaskLine.Question, _ read: (TaskLine.Answer) throws -> Value
    ) async throws(TaskError) -> Value {
        var repetition = Repetition()
        var generator = SystemRandomNumberGenerator()
        while true {
            let failure: TaskError
            do throws(TaskError) {
                let answer = try await line.ask(question)
                guard let value = try? read(answer) else { throw .invalidAnswer(status: 200) }
                return value
            } catch {
                failure = error
            }
            guard
                let delay = repetition.delay(
                    after: failure, isRepeatable: question.isRepeatable, using: &generator),
                (try? await loop.sleep(delay)) != nil
            else { throw failure }
        }
    }

    /// The same with a closure.
    func run<Value: Sendable>(
        _ body: @escaping @LoopActor () async throws(TaskError) -> Value,
        _ done: @escaping (Result<Value, TaskError>) throws -> Void
    ) {
        loop.spawn {
            let result: Result<Value, TaskError>
            do throws(TaskError) { result = .success(try await body()) } catch { result = .failure(error) }
            try done(result)
        }
    }
}
