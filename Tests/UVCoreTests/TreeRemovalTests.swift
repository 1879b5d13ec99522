import Foundation
import LoopTesting
import Testing

@testable import UVCore

@Suite("A folder is removed with all that is in it, and nothing else is")
struct TreeRemovalTests {
    private static func make(_ path: String, _ names: [String]) throws {
        for name in names {
            let file = URL(fileURLWithPath: path).appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(name.utf8).write(to: file)
        }
    }

    private static func link(_ path: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    }

    private static func names(in path: String) -> [String] {
        ((try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []).sorted()
    }

    @Test("Files, folders and links go, and where the links lead nothing is touched", arguments: [false, true])
    func tree(isAsync: Bool) async throws {
        try await withTemporaryFolder { folder in
            try Self.make(folder, ["t/a/b/c", "t/a/d", "t/.hidden", "t/ e\n", "out/kept"])
            try Self.link(folder + "/t/a/link", to: folder + "/out")
            try Self.link(folder + "/t/a/up", to: "../../out")
            try Self.link(folder + "/t/file", to: "../out/kept")
            try Self.link(folder + "/t/dangling", to: "nowhere")
            #expect(FileManager.default.createFile(atPath: folder + "/t/empty", contents: nil))
            let lines = await loggedLoop { loop, log in
                if isAsync {
                    loop.spawn {
                        try await FileSystem.removeTree(folder + "/t")
                        log("done")
                    }
                } else {
                    FileSystem.removeTree(folder + "/t") { result in
                        try result.get()
                        log("done")
                    }
                    log("later")
                }
            }
            #expect(lines == (isAsync ? ["done"] : ["later", "done"]))
            #expect(Self.names(in: folder) == ["out", "out/kept"])
        }
    }

    @Test("A link is removed as a link, a file as a file, whatever slashes stand behind", arguments: ["", "/", "//"])
    func notFolders(slashes: String) async throws {
        try await withTemporaryFolder { folder in
            try Self.make(folder, ["out/kept", "file"])
            try Self.link(folder + "/link", to: "out")
            let lines = await loggedLoop { loop, log in
                loop.spawn {
                    try await FileSystem.removeTree(folder + "/link" + slashes)
                    try await FileSystem.removeTree(folder + "/file" + slashes)
                    log("done")
                }
            }
            #expect(lines == ["done"])
            #expect(Self.names(in: folder) == ["out", "out/kept"])
        }
    }

    @Test("What is not there is an error, unless that is allowed; a path that names no name is refused")
    func missing() async throws {
        try await withTemporaryFolder { folder in
            try Self.make(folder, ["t/a"])
            let lines = await loggedLoop { loop, log in
                loop.spawn {
                    try await FileSystem.removeTree(folder + "/missing", allowsMissing: true)
                    for path in ["/missing", "/missing/b", "/t/a/b", "/t/.", "/t/..", "/t/./", "/t/a\0"] {
                        log(await failing { try await FileSystem.removeTree(folder + path) })
                    }
                }
            }
            let codes = ["ENOENT", "ENOENT", "ENOTDIR", "EINVAL", "EINVAL", "EINVAL", "EINVAL"]
            #expect(lines == codes.map { $0 + " unlinkat" })
            #expect(Self.names(in: folder) == ["t", "t/a"])
        }
    }

    // Not by removing them: a fault would.
    @Test(
        "A path without a name is refused",
        arguments: [
            ("", LoopError.Code.noSuchFile), ("/", .busy), ("//", .busy), (".", .invalidArgument),
            ("..", .invalidArgument),
            ("../", .invalidArgument), ("/.", .invalidArgument), ("a/..//", .invalidArgument),
            ("a\0/b", .invalidArgument),
        ])
    func refused(path: String, code: LoopError.Code) {
        #expect(throws: LoopError(code, call: "unlinkat")) { _ = try TreeRemoval.name(of: path) }
    }

    @Test("A name may begin with a dot or have nothing else", arguments: ["...", ".a", "a.", "/..a/", "a/b//", "x"])
    func named(path: String) throws {
        _ = try TreeRemoval.name(of: path)
    }

    @Test("A folder deeper than a path can be, and than a process has descriptors, goes too")
    func deep() async throws {
        try await withTemporaryFolder { folder in
            let name = String(repeating: "d", count: 40)
            #expect(mkdir(folder + "/t", 0o700) == 0)
            var place = open(folder + "/t", O_RDONLY | O_DIRECTORY)
            for _ in 0..<1_100 {
                #expect(mkdirat(place, name, 0o700) == 0)
                let below = openat(place, name, O_RDONLY | O_DIRECTORY)
                close(place)
                place = below
            }
            close(place)
            let lines = await loggedLoop { _, log in
                FileSystem.removeTree(folder + "/t") { result in log(failure(of: result)) }
            }
            #expect(lines == ["-"])
            #expect(Self.names(in: folder) == [])
            #expect(openFiles(below: folder) == [])
        }
    }

    @Test("A folder that is moved away with a link in its place leads nowhere, whenever that is", arguments: 1..<16)
    func replaced(step: Int) async throws {
        try await withTemporaryFolder { folder in
            try Self.make(folder, ["t/a/b/c/1", "t/a/b/2", "t/a/3", "t/4", "out/kept", "out/b/kept", "out/c/kept"])
            var count = 0
            do throws(LoopError) {
                try TreeRemoval.remove(folder + "/t") {
                    count += 1
                    if count == step, rename(folder + "/t/a", folder + "/moved") == 0 {
                        #expect(symlink(folder + "/out", folder + "/t/a") == 0)
                    }
                    return false
                }
            } catch {
                let codes: [LoopError.Code] = [.busy, .directoryNotEmpty, .notDirectory, .tooManySymbolicLinks]
                #expect(codes.contains(error.code))
            }
            #expect(Self.names(in: folder + "/out") == ["b", "b/kept", "c", "c/kept", "kept"])
            #expect(openFiles(below: folder) == [])
        }
    }

    @Test("A task that is cancelled removes no more", arguments: 1..<6)
    func cancelled(step: Int) async throws {
        try await withTemporaryFolder { folder in
            try Self.make(folder, ["t/a", "t/b", "t/c", "t/d", "t/e"])
            var count = 0
            #expect(throws: LoopError.cancelled("unlinkat")) {
                try TreeRemoval.remove(folder + "/t") {
                    count += 1
                    return count == step
                }
            }
            #expect(Self.names(in: folder + "/t").count == 6 - step)
        }
    }

    @Test("What no thread has begun is taken back: by the task, by the program's end", arguments: [false, true])
    func takenBack(byEnd: Bool) async throws {
        try await withTemporaryFolder { folder in
            try Self.make(folder, ["t/a"])
            let log = Log()
            let code = await withLoop { loop in
                let task = loop.spawn {
                    log(await failing { try await FileSystem.removeTree(folder + "/t") })
                }
                if byEnd { loop.nextTick { loop.exit(0) } } else { task.cancel() }
            }
            #expect(code == 0)
            #expect(log.lines == (byEnd ? [] : ["ECANCELED unlinkat"]))
            if !byEnd { #expect(Self.names(in: folder + "/t") == ["a"]) }
        }
    }
}
