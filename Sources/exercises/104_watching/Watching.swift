import UVCore

func watching() -> Int32 {
    EventLoop.run { _ in
        FileSystem.makeTemporaryDirectory("/tmp/exercise-") { result in
            let folder = try result.get()
            var watcher: FileWatcher?
            watcher = try FileWatcher(folder) { change in
                print(change.kind, change.name ?? "")
                guard change.name == "last" else { return }
                watcher?.cancel()
                FileSystem.removeDirectory(folder + "/last") { _ in
                    FileSystem.removeDirectory(folder) { _ in print("removed") }
                }
            }
            FileSystem.makeDirectory(folder + "/a") { _ in
                FileSystem.rename(folder + "/a", to: folder + "/b") { _ in
                    FileSystem.removeDirectory(folder + "/b") { _ in
                        FileSystem.makeDirectory(folder + "/last") { _ in }
                    }
                }
            }
            print("watching")
        }
    }
}
