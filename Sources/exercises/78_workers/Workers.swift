import UVCore

private func countPrimes(_ limit: Int) -> Int {
    var count = 0
    var number = 2
    while number < limit {
        var divisor = 2
        while divisor * divisor <= number && number % divisor != 0 { divisor += 1 }
        if divisor * divisor > number { count += 1 }
        number += 1
    }
    return count
}

@LoopActor
private func computeHere(_ done: (Int) -> Void) {
    done(countPrimes(300_000))
}

@LoopActor
private func computeOnWorker(_ done: @escaping (Int) -> Void) throws {
    try EventLoop.current.workers.run { _ in
        countPrimes(300_000)
    } then: { result in
        done(try result.get())
    }
}

@LoopActor
private func race(_ compute: (@escaping (Int) -> Void) throws -> Void, _ then: @escaping () throws -> Void) throws {
    var served: [String] = []
    var timer: Timeout?
    timer = EventLoop.current.setInterval(.milliseconds(5)) {
        if !served.contains("the timer") { served.append("the timer") }
        if served.count == 2 {
            timer?.cancel()
            print("  served: \(served.joined(separator: ", then "))")
            try then()
        }
    }
    try compute { primes in
        print("  \(primes) primes")
        served.append("who asked for primes")
    }
}

func workers() -> Int32 {
    EventLoop.run { _ in
        print("on the loop")
        try race(computeHere) {
            print("on a worker")
            try race(computeOnWorker) {}
        }
    }
}
