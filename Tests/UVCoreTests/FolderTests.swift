import Foundation
import LoopTesting
import Testing
import UVCore

@Suite("Folders and names")
struct FolderTests {
    @Test("Folders are made, listed in order, and removed when they are empty")
    func folders() async throws {
        try await withTemporaryFolder { folder in
            let log = Log()
            _ = await withLoop { loop in
                loop.spawn {
                    try await FileSystem.makeDirectory(folder + "/d")
                    for name in ["c", "a", "b"] { try await FileSystem.writeFile(folder + "/d/" + name, name) }
                    try await FileSystem.makeDirectory(folder + "/d/e")
                    try await FileSystem.makeSymbolicLink(folder + "/d/f", to: "nowhere")
                    for entry in try await FileSystem.readDirectory(folder + "/d") {
                        log("\(entry.name) \(entry.kind)")
                    }
                    log(await failing { try await FileSystem.makeDirectory(folder + "/d") })
                    log(await failing { try await FileSystem.removeDirectory(folder + "/d") })
                    log(await failing { try await FileSystem.removeFile(folder + "/d/e") })
                    log(await failing { try await FileSystem.removeDirectory(folder + "/d/a") })
                    log(await failing { _ = try await FileSystem.readDirectory(folder + "/d/a") })
                    for name in ["a", "b", "c", "f"] { try await FileSystem.removeFile(folder + "/d/" + name) }
                    try await FileSystem.removeDirectory(folder + "/d/e")
                    log("\(try await FileSystem.readDirectory(folder + "/d").count)")
                    try await FileSystem.removeDirectory(folder + "/d")
                    log(await failing { _ = try await FileSystem.readDirectory(folder + "/d") })
                }
            }
            #expect(
                log.lines == [
                    "a file", "b file", "c file", "e directory", "f symbolicLink", "EEXIST uv_fs_mkdir",
                    "ENOTEMPTY uv_fs_rmdir", "EISDIR uv_fs_unlink", "ENOTDIR uv_fs_rmdir", "ENOTDIR uv_fs_scandir", "0",
                    "ENOENT uv_fs_scandir",
                ])
        }
    }

    @Test("With parents each folder on the way is made, whatever is there", arguments: ["a/b/c", "a//b/c/", "a/./b/c"])
    func parents(path: String) async throws {
        try await withTemporaryFolder { folder in
            let log = Log()
            _ = await withLoop { loop in
                FileSystem.makeDirectory(folder + "/" + path, withParents: true) { result in
                    try result.get()
                    FileSystem.makeDirectory(folder + "/" + path, withParents: true) { result in
                        try result.get()
                        FileSystem.stat(folder + "/a/b/c") { log("\(try $0.get().isDirectory)") }
                    }
                }
                FileSystem.makeDirectory(folder + "/x/y") { log(failure(of: $0)) }
                FileSystem.makeDirectory("", withParents: true) { log(failure(of: $0)) }
            }
            #expect(log.lines.sorted() == ["ENOENT uv_fs_mkdir", "ENOENT uv_fs_mkdir", "true"])
        }
    }

    @Test("A file in the way of a folder is an error, and stays")
    func fileInTheWay() async throws {
        try await withTemporaryFolder { folder in
            let log = Log()
            _ = await withLoop { loop in
                loop.spawn {
                    try await FileSystem.writeFile(folder + "/a", "a")
                    log(await failing { try await FileSystem.makeDirectory(folder + "/a", withParents: true) })
                    log(await failing { try await FileSystem.makeDirectory(folder + "/a/b", withParents: true) })
                    log(await failing { try await FileSystem.makeDirectory(folder + "/a/b/c", withParents: true) })
                    log("\(try await FileSystem.readFile(folder + "/a").count)")
                }
            }
            #expect(log.lines == ["EEXIST uv_fs_mkdir", "ENOTDIR uv_fs_mkdir", "ENOTDIR uv_fs_mkdir", "1"])
        }
    }

    @Test("A file takes the name of another in one step, and links lead to what they name")
    func names() async throws {
        try await withTemporaryFolder { folder in
            let log = Log()
            _ = await withLoop { loop in
                loop.spawn {
                    try await FileSystem.writeFile(folder + "/a", "new")
                    try await FileSystem.writeFile(folder + "/b", "old")
                    try await FileSystem.rename(folder + "/a", to: folder + "/b")
                    log(String(decoding: try await FileSystem.readFile(folder + "/b"), as: UTF8.self))
                    log(await failing { try await FileSystem.rename(folder + "/a", to: folder + "/b") })
                    try await FileSystem.copyFile(folder + "/b", to: folder + "/c")
                    try await FileSystem.appendFile(folder + "/c", ", more")
                    log(String(decoding: try await FileSystem.readFile(folder + "/c"), as: UTF8.self))
                    try await FileSystem.makeSymbolicLink(folder + "/l", to: "./c")
                    log(
                        "\(try await FileSystem.lstat(folder + "/l").kind) \(try await FileSystem.stat(folder + "/l").kind)"
                    )
                    log(
                        "\(try await FileSystem.realPath(folder + "/../" + folder.split(separator: "/").last! + "/l") == folder + "/c")"
                    )
                    let made = try await FileSystem.makeTemporaryDirectory(folder + "/t-")
                    log(
                        "\(made.hasPrefix(folder + "/t-")) \(made.count - folder.count) \(try await FileSystem.stat(made).isDirectory)"
                    )
                }
            }
            #expect(
                log.lines == ["new", "ENOENT uv_fs_rename", "new, more", "symbolicLink file", "true", "true 9 true"])
        }
    }

    @Test("A path with a null byte is EINVAL in each call, callback or task")
    func nullByte() async {
        let log = Log()
        let bad = "/tmp/a\0b"
        _ = await withLoop { loop in
            FileSystem.open(bad) { log(failure(of: $0)) }
            FileSystem.writeFile(bad, "a") { log(failure(of: $0)) }
            FileSystem.rename("/tmp/a", to: bad) { log(failure(of: $0)) }
            FileSystem.makeDirectory(bad, withParents: true) { log(failure(of: $0)) }
            FileSystem.readDirectory(bad) { log(failure(of: $0)) }
            #expect(throws: LoopError.self) { try FileWatcher(bad) { _ in } }
            loop.spawn { log(await failing { try await FileSystem.removeFile(bad) }) }
            log("later")
        }
        #expect(log.lines.first == "later" && log.lines.count == 7)
        #expect(log.lines.dropFirst().allSatisfy { $0.hasPrefix("EINVAL uv_fs_") }, "\(log.lines)")
    }
}
