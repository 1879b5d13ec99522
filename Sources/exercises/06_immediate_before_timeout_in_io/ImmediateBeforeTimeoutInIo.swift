import UVCore

func immediateBeforeTimeoutInIo() -> Int32 {
    EventLoop.run { loop in
        var count = 0
        @LoopActor func again() {
            FileSystem.stat(".") { _ in
                var order: [String] = []
                loop.setTimeout(.zero) {
                    order.append("timeout")
                    done()
                }
                loop.setImmediate {
                    order.append("immediate")
                    done()
                }
                // The timer is due already.
                busy(.milliseconds(3))

                @LoopActor func done() {
                    guard order.count == 2 else { return }
                    count += 1
                    print(count, order.joined(separator: " -> "))
                    if count < 5 { again() }
                }
            }
        }
        again()
    }
}
