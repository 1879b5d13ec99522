import Testing

@testable import UVHTTPExtras

@Suite("What a path of a request leads to")
struct FilePathTests {
    @Test("Names are decoded, and empty ones are none")
    func names() {
        #expect(FilePath("/a/b.txt")?.names == ["a", "b.txt"])
        #expect(FilePath("//a///b")?.names == ["a", "b"])
        #expect(FilePath("/a%20b/%C3%A9%e2%82%ac")?.names == ["a b", "é€"])
        #expect(FilePath("/")?.names == [] && FilePath("/")?.endsWithSlash == true)
        #expect(FilePath("/a/")?.endsWithSlash == true && FilePath("/a")?.endsWithSlash == false)
        #expect(FilePath("/a..b/c...d/e.")?.names == ["a..b", "c...d", "e."])
        #expect(FilePath("/a/b")?.path(in: "/srv") == "/srv/a/b")
        #expect(FilePath("/")?.path(in: "/srv") == "/srv")
    }

    @Test(
        "What could lead elsewhere is refused",
        arguments: [
            "", "*", "a", "/..", "/../a", "/a/../b", "/a/..", "/.", "/./a", "/.git/config", "/a/.env", "/%2e%2e/a",
            "/%2E%2E", "/.%2e/a", "/%2e/a", "/a%2fb", "/a%2F..%2Fb", "/a%00", "/%00", "/a\\b", "/..\\a", "/a%5cb",
            "/a%5C..%5Cb", "/%", "/a%2", "/a%zz", "/%ff", "/%c0%ae%c0%ae/a", "/%2e%2e%2f", "/...",
        ])
    func refused(path: String) { #expect(FilePath(path) == nil) }

    @Test("What is encoded twice is decoded once")
    func twice() {
        #expect(FilePath("/%252e%252e")?.names == ["%2e%2e"])
        #expect(FilePath("/a%252fb")?.names == ["a%2fb"])
    }

    @Test("A prefix is taken off, name by name")
    func prefix() {
        #expect(FilePath("/files/a", below: ["files"])?.names == ["a"])
        #expect(FilePath("/f%69les/a/", below: ["files"])?.names == ["a"])
        #expect(FilePath("/files", below: ["files"])?.names == [])
        #expect(FilePath("/.well-known/%61cme/a", below: [".well-known", "acme"])?.names == ["a"])
        #expect(FilePath("/.well-known/.a", below: [".well-known"]) == nil)
        for path in ["/file/a", "/filesa", "/", "/a/files"] { #expect(FilePath(path, below: ["files"]) == nil) }
    }

    @Test("A folder whose name begins the same is another")
    func served() {
        for (path, root, isServed) in [
            ("/srv/a", "/srv", true), ("/srv", "/srv", true), ("/srv2/a", "/srv", false), ("/sr", "/srv", false),
            ("/srv/.git/a", "/srv", false), ("/srv/a/.b", "/srv", false), ("/.x/srv/a", "/.x/srv", true),
            ("/a", "/", true),
            ("/.a", "/", false),
        ] { #expect(path.isServed(from: root) == isServed, "\(path) from \(root)") }
    }
}
