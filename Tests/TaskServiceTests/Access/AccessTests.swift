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
        let file = try EnvironmentFile(Array((file.map { "ADMIN_TOKEN=\($0)" } ?? "").utf8))
        let sources = Settings(
            environment: { $0 == "ADMIN_TOKEN" ? environment : nil }, environmentNames: { [] }, file: file)
        #expect(try sources.token(.adminToken, flag: flag) == found.flatMap { AccessToken($0) })
        #expect(try sources.token(.userToken, flag: nil) == nil)
    }

    @Test("A name that is nearly a token's is an error where that token is not set, and only there")
    func nearNames() throws {
        let file = try EnvironmentFile(Array("X=1\nadmin_token=secret\n".utf8))
        let inFile = Settings(environment: { _ in nil }, environmentNames: { [] }, file: file)
        let error = #expect(throws: ConfigurationError.self) { try inFile.token(.adminToken, flag: nil) }
        #expect(error?.message == "Line 2 of .env sets what is nearly ADMIN_TOKEN; write ADMIN_TOKEN=VALUE.")
        #expect(try inFile.token(.adminToken, flag: "given") == AccessToken("given"))
        #expect(try inFile.token(.userToken, flag: nil) == nil)
        let inEnvironment = Settings(
            environment: { _ in nil }, environmentNames: { ["PATH", "User_Token"] }, file: EnvironmentFile())
        #expect(throws: ConfigurationError.self) { try inEnvironment.token(.userToken, flag: nil) }
        #expect(try inEnvironment.token(.adminToken, flag: nil) == nil)
    }

    @Test("A token that is set and cannot be one is an error without the token", arguments: ["", "a b"])
    func badSource(text: String) {
        let sources = Settings(environment: { _ in text }, file: EnvironmentFile())
        let error = #expect(throws: ConfigurationError.self) { try sources.token(.userToken, flag: nil) }
        #expect(error?.message == "USER_TOKEN is \(AccessToken.rule).")
    }

    @Test(
        "The store is the flag's, else the environment's, else the file's, else a file",
        arguments: [
            ("memory", "sqlite:e", "sqlite:d", "memory", "--store"), (nil, "sqlite:e", "sqlite:d", "sqlite:e", nil),
            (nil, nil, "sqlite:d", "sqlite:d", nil), (nil, nil, nil, "sqlite:taskflow.db", nil),
        ] as [(String?, String?, String?, String, String?)])
    func store(flag: String?, environment: String?, file: String?, text: String, source: String?) throws {
        let file = try EnvironmentFile(Array((file.map { "TASKFLOW_STORE=\($0)" } ?? "").utf8))
        let settings = Settings(
            environment: { $0 == "TASKFLOW_STORE" ? environment : nil }, environmentNames: { [] }, file: file)
        let store = try settings.store(flag: flag)
        #expect(store.text == text && store.source == source ?? "TASKFLOW_STORE")
    }

    @Test("A store that is none is told without its text", arguments: ["", "redis://:secret@", "secret"])
    func wrongStore(text: String) throws {
        let settings = Settings(environment: { _ in text }, file: EnvironmentFile())
        let error = #expect(throws: ConfigurationError.self) { try settings.store(flag: nil).location() }
        #expect(
            error?.message == "TASKFLOW_STORE is memory, sqlite:FILE or redis://HOST, such as sqlite:taskflow.db.")
        #expect(throws: ConfigurationError.self) { try settings.store(flag: nil).path() }
    }

    @Test("A name that is nearly TASKFLOW_STORE is an error where no store is named, and only there")
    func nearStore() throws {
        let settings = Settings(
            environment: { _ in nil }, environmentNames: { ["TASKFLOW_STOR"] }, file: EnvironmentFile())
        #expect(throws: ConfigurationError.self) { try settings.store(flag: nil) }
        #expect(try settings.store(flag: "memory").text == "memory")
    }

    @Test("Only addresses of this machine are loopback")
    func loopback() {
        for (host, isLoopback) in [
            ("127.0.0.1", true), ("127.255.255.254", true), ("::1", true), ("localhost", true), ("0.0.0.0", false),
            ("::", false), ("127.example.org", false), ("128.0.0.1", false), ("127.0.0", false), ("", false),
            ("LocalHost", true), ("0:0:0:0:0:0:0:1", true), ("::ffff:127.0.0.1", true), ("::ffff:7f00:1", true),
            ("::2", false), ("::ffff:128.0.0.1", false), ("localhost.example.org", false), ("127.0.0.01", false),
        ] {
            var configuration = Configuration()
            configuration.host = host
            #expect(configuration.isLoopback == isLoopback, "\(host)")
        }
    }

    @Test(
        "A host is an address or a name, and brackets are taken off",
        arguments: [
            ("127.0.0.1", "127.0.0.1"), ("[::1]", "::1"), ("::", "::"), ("fe80::1%eth0", "fe80::1%eth0"),
            ("A.example-1.org", "A.example-1.org"), ("", nil), (" ", nil), ("127.0.0.1:3000", nil), ("[::1]:3000", nil),
            ("http://a", nil), ("a/b", nil), ("[a]", nil), ("[127.0.0.1]", nil), ("é", nil), ("-a", nil), ("::1%", nil),
            (":::", nil), ("a b", nil), ("user@a", nil), ("*", nil),
        ] as [(String, String?)])
    func hosts(text: String, host: String?) {
        #expect(ListenHost.normalized(text) == host)
    }

    @Test(
        "Authorization is a token, or one behind Bearer in any case",
        arguments: [
            ("admin", .admin), ("Bearer admin", .admin), ("bEARER   user", .user), ("Bearer", nil), ("Bearer ", nil),
            ("Basic admin", nil), ("Bearer admin ", nil), ("Bearer admin, user", nil), ("\tadmin", nil),
            ("Bearer\tadmin", nil), ("Be\u{301}arer admin", nil), ("admin\u{301}", nil), ("", nil),
        ] as [(String, Role?)])
    func authorization(value: String, role: Role?) throws {
        let credentials = try Credentials(admin: AccessToken("admin"), user: AccessToken("user"))
        #expect(credentials.role(authorization: value.utf8Span.span.bytes) == role)
    }

    @Test("A token of the documentation that was set is known, one of another role too")
    func knownTokens() throws {
        #expect(try Credentials(admin: AccessToken("secret-admin-123"), user: nil).areKnown)
        #expect(try Credentials(admin: nil, user: AccessToken("secret-user-123")).areKnown)
        #expect(!(try Credentials(admin: AccessToken("secret-admin-124"), user: nil).areKnown))
        #expect(!Credentials.development.areKnown)
    }
}
