import UVCore

func folderWithAllInIt() -> Int32 {
    EventLoop.run { loop in
        @LoopActor func main() async throws {
            let folder = try await FileSystem.makeTemporaryDirectory("/tmp/exercise-")
            let path = folder + "/tree"
            let outside = folder + "/outside"
            @LoopActor func remove(_ what: String, _ path: String, force: Bool = false) async {
                do throws(LoopError) {
                    try await FileSystem.removeTree(path, allowsMissing: force)
                    print(what, "removed")
                } catch {
                    print(what, error.name)
                }
            }
            try await FileSystem.makeDirectory(path + "/a/b/c", withParents: true)
            try await FileSystem.makeDirectory(outside)
            try await FileSystem.writeFile(outside + "/file", "kept")
            try await FileSystem.writeFile(path + "/a/b/file", "lost")
            try await FileSystem.makeSymbolicLink(path + "/a/link", to: outside)
            try await FileSystem.makeSymbolicLink(folder + "/link", to: outside)

            do throws(LoopError) { try await FileSystem.removeDirectory(path) } catch { print("rmdir:", error.name) }
            await remove("a folder:", path)
            await remove("what is not there:", path)
            await remove("the same, with force:", path, force: true)
            await remove("a link:", folder + "/link")
            print("where the links led:", try await FileSystem.readFile(outside + "/file").text)
            await remove("a file:", outside + "/file")
            print("left:", try await FileSystem.readDirectory(folder).map(\.name).joined(separator: ","))
            await remove("all:", folder)
        }
        loop.spawn { try await main() }
    }
}
