import UVCore

func namesInAFolder() -> Int32 {
    EventLoop.run { loop in
        @LoopActor func main() async throws {
            let folder = try await FileSystem.makeTemporaryDirectory("/tmp/exercise-")
            @LoopActor func attempt(_ what: String, _ work: () async throws -> String?) async {
                do {
                    print(what, try await work() ?? "done")
                } catch let error as LoopError {
                    print(what, "\(error.name): \(error.message)")
                } catch {}
            }
            @LoopActor func list() async throws -> String {
                try await FileSystem.readDirectory(folder).map(\.name).joined(separator: " ")
            }
            for name in ["b", "B", "a10", "a2", ".hidden", "c"] {
                try await FileSystem.writeFile("\(folder)/\(name)", name)
            }
            try await FileSystem.makeDirectory(folder + "/d/e", withParents: true)
            await attempt("list:") { try await list() }
            await attempt("rename over:") {
                try await FileSystem.rename(folder + "/b", to: folder + "/c")
                return nil
            }
            await attempt("c is") { String(decoding: try await FileSystem.readFile(folder + "/c"), as: UTF8.self) }
            await attempt("again:") {
                try await FileSystem.rename(folder + "/b", to: folder + "/c")
                return nil
            }
            await attempt("make what is there:") {
                try await FileSystem.makeDirectory(folder + "/d")
                return nil
            }
            await attempt("make below a file:") {
                try await FileSystem.makeDirectory(folder + "/c/d")
                return nil
            }
            await attempt("remove a full one:") {
                try await FileSystem.removeDirectory(folder + "/d")
                return nil
            }
            await attempt("read a folder:") { "\(try await FileSystem.readFile(folder + "/d").count)" }
            await attempt("list a file:") { "\(try await FileSystem.readDirectory(folder + "/c").count)" }
            await attempt("open what is not there:") { "\(try await FileSystem.open(folder + "/x").isOpen)" }
            await attempt("list:") { try await list() }
            for name in ["B", "a10", "a2", ".hidden", "c"] { try await FileSystem.removeFile("\(folder)/\(name)") }
            for name in ["/d/e", "/d", ""] { try await FileSystem.removeDirectory(folder + name) }
        }
        loop.spawn { try await main() }
    }
}
