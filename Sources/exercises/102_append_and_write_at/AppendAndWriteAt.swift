import UVCore

func appendAndWriteAt() -> Int32 {
    EventLoop.run { loop in
        @LoopActor func main() async throws {
            let folder = try await FileSystem.makeTemporaryDirectory("/tmp/exercise-")
            let path = folder + "/notes"
            @LoopActor func show() async throws {
                let text = String(decoding: try await FileSystem.readFile(path), as: UTF8.self)
                print("\"" + text.map { $0 == "\0" ? "\\u0000" : "\($0)" }.joined() + "\"")
            }
            try await FileSystem.writeFile(path, "one")
            try await FileSystem.appendFile(path, " two")
            try await show()
            let file = try await FileSystem.open(path, [.read, .write])
            try await file.write("1")
            try await file.write("T", at: 4)
            try await file.write("#")
            try await show()
            try await file.truncate(to: 5)
            try await show()
            try await file.write("!", at: 6)
            try await show()
            try await file.close()
            let log = try await FileSystem.open(path, [.read, .write, .append, .create])
            try await log.write("end", at: 0)
            try await log.close()
            try await show()
            try await FileSystem.writeFile(path, "new")
            try await show()
            do throws(LoopError) { try await FileSystem.writeFile(path, "x", .new) } catch { print(error.name) }
            try await FileSystem.removeFile(path)
            try await FileSystem.removeDirectory(folder)
        }
        loop.spawn { try await main() }
    }
}
