import UVCore

func delayCoercion() -> Int32 {
    EventLoop.run { loop in
        loop.onWarning = { warning in
            print("warning:", warning.name, "|", warning.message.prefix { $0 != "\n" })
        }
        let longest = Int(Int32.max)
        for delay in [.zero, .milliseconds(1), .milliseconds(-5), .microseconds(1_900), .milliseconds(7)]
            + [.milliseconds(longest), .milliseconds(longest + 1)] as [Duration]
        {
            let timer = loop.setTimeout(delay) {}
            print(padded(milliseconds(delay)), "->", milliseconds(timer.delay))
            timer.cancel()
        }
        var order: [String] = []
        loop.setTimeout(.microseconds(1_900)) { order.append("1.9") }
        loop.setTimeout(.zero) { order.append("0") }
        loop.setTimeout(.milliseconds(1)) { order.append("1") }
        loop.setTimeout(.milliseconds(5)) { print("they fire in the order", order.joined(separator: " ")) }
        busy(.milliseconds(20))
    }
}

/// The number of milliseconds, without a fraction where there is none.
private func milliseconds(_ duration: Duration) -> String {
    let count = duration / .milliseconds(1)
    return count == count.rounded() ? "\(Int(count))" : "\(count)"
}

private func padded(_ text: String) -> String {
    text + String(repeating: " ", count: max(0, 11 - text.count))
}
