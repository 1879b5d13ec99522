public import UVCore
public import UVHTTP

/// Serves the files of a folder, as Express's `express.static`.
///
/// ```swift
/// router.use(StaticFiles("public"))
/// router.use(StaticFiles("/srv/pictures", at: "/pictures"))
/// ```
///
/// It answers GET and HEAD for what is a file, and passes everything else on: other methods, paths that lead nowhere, and
/// paths that are refused. Below the path that the folder stands for, those are names that begin with a dot, `..` however it
/// is encoded, an encoded slash or backslash, a null byte, a link that leads out of the folder, and what is no plain file. A
/// folder gets its `index.html`; without a slash at the end it is redirected to where it has one. A file that the process
/// may not read is 403.
///
/// An answer has a type by the file's name, `Last-Modified` and an `ETag`; conditions and ranges are heeded, several ranges
/// as `multipart/byteranges` (RFC 9110 sections 13 and 14). The tag is made of the length and the times at which content and
/// file have changed, so copies on other machines have other tags.
///
/// A file is read on libuv's threads in pieces of 64 KiB, the next one when the client has taken the one before: an answer
/// takes the memory of one piece, however long the file is. A file that gets shorter while it is sent ends the connection,
/// since its length was announced. Links within the folder are followed; a program that can change the folder while it is
/// served is trusted not to change a folder on the way into a link in the moment between the look and the opening.
@LoopActor
public struct StaticFiles: Middleware {
    /// What can be chosen.
    public struct Options: Sendable {
        /// The file that a folder is answered with; nil for none, and then a folder is passed on.
        public var index: String? = "index.html"

        /// The `Cache-Control` of what is sent; nil for none. By default a client asks each time whether its copy is good.
        public var cacheControl: String? = "public, max-age=0"

        /// Types by the end of a name, in small letters and without the dot, which are asked before those that are known.
        public var types: [String: String] = [:]

        /// An `index.html`, and files that a cache asks about each time.
        public init() {}
    }

    let directory: String
    let options: Options
    private let prefix: [String]
    private let types: [ByteText: String]

    /// - Parameters:
    ///   - directory: The folder. A relative path is one from the working directory. If it is a link, it may be
    ///     changed to lead to another folder at any time.
    ///   - prefix: The path that the folder stands for.
    ///   - options: What is said less often.
    public init(_ directory: String, at prefix: String = "/", _ options: Options = Options()) {
        self.directory = directory
        self.options = options
        self.prefix = prefix.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
        types = Dictionary(uniqueKeysWithValues: options.types.map { (ByteText($0.key), $0.value) })
    }

    public func callAsFunction(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws {
        let method = RequestMethod(request.method)
        guard method == .get || method == .head, let path = FilePath(request.path, below: prefix) else {
            return try next()
        }
        try ClosureMiddleware { request, response, next in
            // A client that pipelines has one file open at a time.
            guard await response.turn() else { return }
            guard let found = try await find(path) else { return try next() }
            switch found {
            case .folder: redirect(request, response)
            case .file(let file, let status, let name):
                defer { file.close { _ in } }
                try await FileAnswer(file, status, type: type(of: name), options).send(request, response)
            }
        }(request, response, next)
    }

    /// To the same path with a slash, from where relative links lead into the folder.
    private func redirect(_ request: IncomingMessage, _ response: ServerResponse) {
        // Two slashes at the beginning would be another host.
        let names = request.path.utf8.drop { $0 == UInt8(ascii: "/") }
        let path = "/" + String(decoding: names, as: UTF8.self) + "/"
        response.status = .movedPermanently
        response.setHeader(.location, path + (request.query.text.map { "?" + $0 } ?? ""))
        response.end()
    }

    private func type(of name: String) -> String {
        ContentType.ending(of: name).flatMap { types[$0] } ?? ContentType.of(name) ?? "application/octet-stream"
    }
}

// MARK: - Finding

extension StaticFiles {
    private enum Found {
        case file(File, FileStatus, name: String)
        /// It lacks its slash.
        case folder
    }

    /// What `path` leads to; nil if that is not served.
    private func find(_ path: FilePath) async throws -> Found? {
        do throws(LoopError) {
            let root = try await FileSystem.realPath(directory)
            guard let (file, status, name) = try await open(path.path(in: directory), in: root) else { return nil }
            if status.isFile, !path.endsWithSlash, !path.names.isEmpty { return .file(file, status, name: name) }
            file.close { _ in }
            guard status.isDirectory, let index = options.index else { return nil }
            guard let page = try await open(path.path(in: directory) + "/" + index, in: root) else { return nil }
            guard page.status.isFile else {
                page.file.close { _ in }
                return nil
            }
            guard path.endsWithSlash else {
                page.file.close { _ in }
                return .folder
            }
            return .file(page.file, page.status, name: page.name)
        } catch {
            guard let refusal = Self.refusal(error) else { return nil }
            throw refusal
        }
    }

    /// Opens what `path` leads to, if it lies in `root`. Links are followed first: what is opened then is no link, so that
    /// none can lead out. Opening waits for no other program, as a pipe would.
    private func open(
        _ path: String, in root: String
    ) async throws(LoopError) -> (file: File, status: FileStatus, name: String)? {
        let real = try await FileSystem.realPath(path)
        guard real.isServed(from: root) else { return nil }
        let file = try await FileSystem.open(real, [.read, .noFollow, .nonBlocking])
        do throws(LoopError) {
            return (file, try await file.stat(), path)
        } catch {
            file.close { _ in }
            throw error
        }
    }

    /// What a failure is answered with; nil where there is nothing to be served.
    private static func refusal(_ error: LoopError) -> HTTPError? {
        switch error.code {
        case .noSuchFile, .notDirectory, .tooManySymbolicLinks, .nameTooLong, .noSuchDevice, .noSuchDeviceOrAddress,
            .invalidArgument:
            nil
        case .accessDenied, .notPermitted: HTTPError(.forbidden)
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .outOfMemory: HTTPError(.serviceUnavailable)
        default: HTTPError(.internalServerError)
        }
    }
}
