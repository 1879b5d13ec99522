import UVCore

func fileInPieces() -> Int32 {
    EventLoop.run { loop in
        @LoopActor func main() async throws {
            let folder = try await FileSystem.makeTemporaryDirectory("/tmp/exercise-")
            let path = folder + "/digits"
            try await FileSystem.writeFile(path, "0123456789")
            let file = try await FileSystem.open(path)
            @LoopActor func read(_ count: Int, at offset: Int64? = nil) async throws {
                let bytes = try await file.read(count, at: offset)
                print(bytes.count, "\"\(String(decoding: bytes, as: UTF8.self))\"")
            }
            try await read(4)
            try await read(4)
            try await read(3, at: 1)
            try await read(4)
            try await read(4)
            try await read(4, at: 100)
            try await file.close()
            do throws(LoopError) { _ = try await file.read(1, at: 0) } catch { print(error.name) }
            try await FileSystem.removeFile(path)
            try await FileSystem.removeDirectory(folder)
        }
        loop.spawn { try await main() }
    }
}
