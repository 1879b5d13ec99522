/// How urgently the server was told to stop: 0 not at all, 1 once, 2 again.
///
/// A terminal and a service manager tell all processes of a group at once, and then the parent of one of them tells it
/// too. So what signals and the parent say is not added up: the larger number counts.
struct StopOrders {
    private var signals = 0
    private var ofParent = 0

    var level: Int { max(signals, ofParent) }

    mutating func hearSignal() { signals += 1 }

    mutating func hearParent(_ level: Int) { ofParent = max(ofParent, level) }
}
