import Foundation
import LoopTesting
import Testing
import UVCore

@Suite("Files and names, on libuv's threads")
struct FileSystemTests {
    @Test("stat tells size, kind and time, and follows links")
    func stat() async throws {
        let path = try temporaryFile([UInt8](repeating: 1, count: 1_234))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let log = Log()
        _ = await withLoop { _ in
            FileSystem.stat(path) { result in
                let status = try result.get()
                log("\(status.size) \(status.isFile) \(status.isDirectory)")
                let modified = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
                #expect(Double(status.modified.components.seconds) == modified?.timeIntervalSince1970.rounded(.down))
                FileSystem.stat("/proc/self/root") { result in
                    let status = try result.get()
                    log("\(status.isFile) \(status.isDirectory)")
                }
            }
            log("called")
        }
        #expect(log.lines == ["called", "1234 true false", "false true"])
    }

    @Test("A missing file is ENOENT, by stat and by readFile, callback and async")
    func missing() async {
        let log = Log()
        _ = await withLoop { loop in
            let path = "/no/such/file"
            FileSystem.stat(path) { log("\(failure(of: $0))") }
            FileSystem.readFile(path) { log("\(failure(of: $0))") }
            loop.spawn {
                do throws(LoopError) {
                    _ = try await FileSystem.stat(path)
                } catch {
                    log("\(error.name) \(error.call)")
                }
                do throws(LoopError) {
                    _ = try await FileSystem.readFile(path)
                } catch {
                    log("\(error.name) \(error.call)")
                }
            }
        }
        #expect(
            log.lines.sorted() == [
                "ENOENT uv_fs_open", "ENOENT uv_fs_open", "ENOENT uv_fs_stat", "ENOENT uv_fs_stat",
            ])
    }

    @Test("Reading a folder is EISDIR")
    func folder() async {
        let log = Log()
        _ = await withLoop { _ in FileSystem.readFile("/") { log(failure(of: $0)) } }
        #expect(log.lines == ["EISDIR uv_fs_read"])
    }

    @Test("A path with a null byte is EINVAL, not the path before it")
    func nullByte() async {
        let log = Log()
        _ = await withLoop { loop in
            FileSystem.stat("/\0etc") { log(failure(of: $0)) }
            FileSystem.readFile("/etc/hostname\0.txt") { log(failure(of: $0)) }
            loop.nextTick { log("later") }
        }
        #expect(log.lines == ["later", "EINVAL uv_fs_stat", "EINVAL uv_fs_open"])
    }

    @Test("A file is read whole, however it falls into chunks", arguments: [0, 1, 65_535, 65_536, 65_537, 1_000_000])
    func read(size: Int) async throws {
        let content = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }
        let path = try temporaryFile(content)
        defer { try? FileManager.default.removeItem(atPath: path) }
        nonisolated(unsafe) var results: [[UInt8]] = []
        _ = await withLoop { loop in
            FileSystem.readFile(path) { results.append(try $0.get()) }
            loop.spawn { results.append(try await FileSystem.readFile(path)) }
        }
        #expect(results == [content, content])
    }

    @Test("A file as long as the limit is read, one byte longer is EFBIG", arguments: [0, 1, 65_536, 100_000])
    func limit(size: Int) async throws {
        let path = try temporaryFile([UInt8](repeating: 7, count: size))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let log = Log()
        _ = await withLoop { _ in
            FileSystem.readFile(path, limit: size) { result in
                log("\(try result.get().count)")
                FileSystem.readFile(path, limit: size - 1) { log(failure(of: $0)) }
            }
        }
        #expect(log.lines == ["\(size)", size == 0 ? "-" : "EFBIG uv_fs_read"])
    }

    @Test("A file without a length, such as those in /proc, is read to its end")
    func withoutLength() async {
        nonisolated(unsafe) var text = ""
        _ = await withLoop { _ in
            FileSystem.readFile("/proc/self/status") { text = String(decoding: try $0.get(), as: UTF8.self) }
        }
        #expect(text.hasPrefix("Name:") && text.hasSuffix("\n"))
    }

    @Test("An endless file stops at the limit")
    func endless() async {
        let log = Log()
        _ = await withLoop { _ in FileSystem.readFile("/dev/zero", limit: 1 << 20) { log(failure(of: $0)) } }
        #expect(log.lines == ["EFBIG uv_fs_read"])
    }

    @Test("What a callback throws is uncaught, and many may be under way")
    func many() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.onUncaughtError = { log("\($0)") }
            for _ in 0..<100 { FileSystem.readFile("/proc/self/stat") { _ in throw Thrown("from readFile") } }
        }
        #expect(log.lines == [String](repeating: "from readFile", count: 100))
    }

    // MARK: Names

    @Test("Numbers are answered as they are, but later", arguments: ["127.0.0.1", "::1"])
    func numbers(host: String) async {
        let log = Log()
        _ = await withLoop { loop in
            DNS.lookup(host) { log("\(try $0.get().map(\.host))") }
            log("called")
        }
        #expect(log.lines == ["called", "[\"\(host)\"]"])
    }

    @Test("localhost is a loopback address")
    func localhost() async {
        nonisolated(unsafe) var found: [[SocketAddress]] = []
        _ = await withLoop { loop in
            DNS.lookup("localhost") { found.append(try $0.get()) }
            loop.spawn { found.append(try await DNS.lookup("localhost")) }
        }
        #expect(found.count == 2 && found.first == found.last)
        #expect(found.joined().allSatisfy { ["127.0.0.1", "::1"].contains($0.host) && $0.port == 0 })
    }

    @Test(
        "A name that cannot exist is an error, whatever is wrong with it",
        arguments: ["no-such-host.invalid", "", "a\0b", String(repeating: "a", count: 10_000), "-", "a b", "%", "."])
    func unknown(host: String) async {
        let log = Log()
        _ = await withLoop { loop in
            DNS.lookup(host) { log(failure(of: $0)) }
            loop.spawn {
                do throws(LoopError) {
                    _ = try await DNS.lookup(host)
                } catch {
                    log("\(error.name) \(error.call)")
                }
            }
        }
        #expect(log.lines.count == 2)
        #expect(log.lines.allSatisfy { $0 != "-" && $0.hasSuffix(" uv_getaddrinfo") }, "\(log.lines)")
    }

    @Test("Addresses are read from numbers alone")
    func addresses() {
        let ipv4 = SocketAddress(host: "127.0.0.1", port: 80)
        #expect(ipv4?.description == "127.0.0.1:80" && ipv4?.isIPv6 == false)
        let ipv6 = SocketAddress(host: "::1", port: 65_535)
        #expect(ipv6?.description == "[::1]:65535" && ipv6?.isIPv6 == true)
        for host in ["localhost", "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "::1::", " 127.0.0.1", "127.0.0.1\0x"] {
            #expect(SocketAddress(host: host, port: 80) == nil, "\(host)")
        }
        for port in [-1, 65_536, .min, .max] { #expect(SocketAddress(host: "127.0.0.1", port: port) == nil) }
    }
}
