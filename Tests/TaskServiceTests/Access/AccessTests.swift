import Testing
import UVCore

@testable import TaskService

@Suite("Who may do what")
struct AccessTests {
    @Test(
        "A token is 1 to 256 characters of its alphabet",
        arguments: ["a", "A-Za.z_0~9", String(repeating: "x", count: 256)])
    func tokens(text: String) {
        #expect(AccessToken(text) != nil)
    }

    @Test(
        "Anything else is none",
        arguments: ["", "a b", "é", "a/b", "a=", "a\n", "a,", String(repeating: "x", count: 257)])
    func badTokens(text: String) {
        #expect(AccessToken(text) == nil)
    }

    @Test("A token shows itself to nobody")
    func secrecy() throws {
        let token = try #require(AccessToken("very-secret-token"))
        var dumped = ""
        dump(token, to: &dumped)
        dump(try Credentials(admin: token, user: nil), to: &dumped)
        for text in ["\(token)", String(reflecting: token), dumped, "\(try Credentials(admin: token, user: nil))"] {
            #expect(!text.contains("secret"))
            #expect(!text.contains("118"), "not as bytes either")
        }
    }

    @Test("A role is known by its own token alone")
    func roles() throws {
        let credentials = try Credentials(admin: AccessToken("admin"), user: AccessToken("user"))
        #expect(!credentials.isDevelopment)
        #expect(credentials.role(of: "admin") == .admin)
        #expect(credentials.role(of: "user") == .user)
        for other in ["", "admi", "admin1", "Admin", "secret-admin-123"] { #expect(credentials.role(of: other) == nil) }
    }

    @Test("If one token is set, the other role has none; without any it is development")
    func oneToken() throws {
        let credentials = try Credentials(admin: nil, user: AccessToken("user"))
        #expect(credentials.role(of: "secret-admin-123") == nil)
        #expect(credentials.role(of: "user") == .user)
        #expect(try Credentials(admin: nil, user: nil).isDevelopment)
        #expect(throws: Credentials.EqualTokens.self) {
            try Credentials(admin: AccessToken("a"), user: AccessToken("a"))
        }
    }

    @Test(
        "Flags come before the environment, and that before the file",
        arguments: [
            ("f", "e", "d", "f"), (nil, "e", "d", "e"), (nil, nil, "d", "d"), (nil, nil, nil, nil),
        ] as [(String?, String?, String?, String?)])
    func sources(flag: String?, environment: String?, file: String?, found: String?) throws {
        let file = EnvironmentFile(Array((file.map { "ADMIN_TOKEN=\($0)" } ?? "").utf8))
        let sources = TokenSources(environment: { $0 == "ADMIN_TOKEN" ? environment : nil }, file: file)
        #expect(try sources.token("ADMIN_TOKEN", flag: flag) == found.flatMap { AccessToken($0) })
        #expect(try sources.token("USER_TOKEN", flag: nil) == nil)
    }

    @Test("A token that is set and cannot be one is an error without the token", arguments: ["", "a b"])
    func badSource(text: String) {
        let sources = TokenSources(environment: { _ in text }, file: EnvironmentFile([]))
        let error = #expect(throws: ConfigurationError.self) { try sources.token("USER_TOKEN", flag: nil) }
        #expect(error?.message == "USER_TOKEN is \(AccessToken.rule).")
    }

    @Test("Only addresses of this machine are loopback")
    func loopback() {
        for (host, isLoopback) in [
            ("127.0.0.1", true), ("127.255.255.254", true), ("::1", true), ("localhost", true), ("0.0.0.0", false),
            ("::", false), ("127.example.org", false), ("128.0.0.1", false), ("127.0.0", false), ("", false),
        ] {
            var configuration = Configuration()
            configuration.host = host
            #expect(configuration.isLoopback == isLoopback, "\(host)")
        }
    }

    @Test(
        "An origin is scheme, host and perhaps port",
        arguments: [
            ("http://localhost:3000", true), ("https://a.example.org", true), ("http://[::1]:1", true), ("null", false),
            ("*", false), ("http://a/", false), ("http://", false), ("://a", false), ("http:a", false),
            ("HTTP://a", false), ("http://a b", false), ("", false),
        ])
    func origins(text: String, isOrigin: Bool) {
        #expect(Configuration.isOrigin(text) == isOrigin)
    }
}
