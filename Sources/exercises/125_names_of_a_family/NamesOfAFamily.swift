import UVCore

func namesOfAFamily() -> Int32 {
    EventLoop.run { _ in
        DNS.lookup("localhost", family: .ipv4) { result in
            let addresses = try result.get()
            print("only IPv4:", addresses.allSatisfy { !$0.isIPv6 }, addresses[0].host)
            DNS.lookup("127.0.0.1", family: .ipv6) { result in
                print("a number:", try result.get()[0].host)
                DNS.lookup("no.such.name.invalid", family: .ipv4) { result in
                    print("no name:", (try? result.get()) == nil)
                }
            }
        }
        print("called")
    }
}
