import Testing

@testable import TaskStorage

@Suite("Addresses of stores on Redis")
struct RedisAddressTests {
    @Test(
        "Each part is what it says, or what it is by default",
        arguments: [
            ("redis://127.0.0.1", "redis://127.0.0.1:6379/0?name=taskflow"),
            ("redis://example.org:7000/3?name=a-B.c_9", "redis://example.org:7000/3?name=a-B.c_9"),
            ("redis://[::1]:7000", "redis://[::1]:7000/0?name=taskflow"),
            ("redis://[::1]/1", "redis://[::1]:6379/1?name=taskflow"),
            ("redis://h/", "redis://h:6379/0?name=taskflow"), ("rediss://h", "rediss://h:6379/0?name=taskflow"),
            ("rediss://:p@h:7000/2?ca=/a.pem&name=x", "rediss://h:7000/2?name=x"),
            ("redis+unix:///run/r.sock", "redis+unix:///run/r.sock?db=0&name=taskflow"),
            ("redis+unix:///run/r%20s?db=2&name=x", "redis+unix:///run/r s?db=2&name=x"),
        ])
    func parts(text: String, whole: String) { #expect(RedisAddress(text)?.description == whole) }

    @Test(
        "How many replicas are waited for is said, or it is none",
        arguments: [("", 0), ("?wait=0", 0), ("?wait=100", 100)])
    func replicas(query: String, count: Int) throws {
        #expect(try #require(RedisAddress("redis://h" + query)).replicas == count)
    }

    @Test("The files of TLS are those that are named, and there is no TLS without its scheme")
    func encryption() throws {
        let address = try #require(RedisAddress("rediss://h?ca=a%26b.pem&cert=c.pem&key=/k"))
        #expect(address.encryption?.authorityFile == "a&b.pem" && address.encryption?.certificate?.file == "c.pem")
        #expect(address.encryption?.certificate?.keyFile == "/k")
        let system = try #require(RedisAddress("rediss://h")?.encryption)
        #expect(system.authorityFile == nil && system.certificate == nil)
        #expect(RedisAddress("redis://h")?.encryption == nil)
    }

    @Test("A password is told to Redis, and shown to none else")
    func password() throws {
        let address = try #require(RedisAddress("redis://:p%40ss%3a%2F@h"))
        #expect(address.password == "p@ss:/" && address.user == nil)
        #expect(!address.description.contains("p@ss"))
        let named = try #require(RedisAddress("redis+unix://ada:secret@/r.sock"))
        #expect(named.user == "ada" && named.password == "secret" && !"\(named)".contains("secret"))
    }

    @Test(
        "What is none is refused",
        arguments: [
            "redis:/h", "redis://", "redis://:6379", "redis://h:", "redis://h:0", "redis://h:65536", "redis://h:+1",
            "redis://h/x",
            "redis://h/-1", "redis://h/1000001", "redis://h?name=", "redis://h?name=a/b", "redis://h?nam=a",
            "redis://h?name",
            "redis://h?name=a&name=b", "redis://h?wait=101", "redis://h?wait=", "redis://h?wait=-1",
            "redis://h?wait=1&wait=1", "redis://h/1?db=2", "redis://ada@h", "redis://:@h", "redis://[::1",
            "redis://[::1]x",
            "redis://h%", "redis://h%4", "redis://h%+1", "redis://h%00", "redis+unix://r.sock", "redis+unix:///a%00",
            "rediss://", "rediss://h?cert=a", "rediss://h?key=a", "rediss://h?ca=", "rediss://h?ca=%00",
            "redis://h?ca=a",
            "redis://h?cert=a&key=b", "redis+unix:///r.sock?ca=a", "rediss+unix:///r.sock",
            "redis://h?name=" + String(repeating: "a", count: 65),
        ])
    func refused(text: String) { #expect(RedisAddress(text)?.description == nil) }
}
