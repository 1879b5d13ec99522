import LoopTesting
import TaskEngine
import Testing
import UVCore

@testable import TaskService

@Suite("What answers are sent from")
struct SnapshotsTests {
    private static func ids(_ count: Int) -> [TaskID] { (0..<count).map { TaskID(high: 0, low: UInt64($0)) } }

    @Test("Lists have as much room as there is, together; what no answer needs any more makes room")
    func limit() async {
        _ = await withLoop { _ in
            let snapshots = Snapshots(limit: 160)
            var first = snapshots.list(of: Self.ids(6))
            let second = snapshots.list(of: Self.ids(4))
            #expect(first?.ids.count == 6 && second?.ids.count == 4 && snapshots.bytes == 160)
            #expect(snapshots.list(of: Self.ids(1)) == nil)
            first = nil
            #expect(snapshots.bytes == 64)
            #expect(snapshots.list(of: Self.ids(6)) != nil)
        }
    }

    @Test("One list alone may have more than there is room for, but no other beside it")
    func single() async {
        _ = await withLoop { _ in
            let snapshots = Snapshots(limit: 16)
            let list = snapshots.list(of: Self.ids(100))
            #expect(list?.ids.count == 100)
            #expect(snapshots.list(of: Self.ids(1)) == nil)
        }
    }
}
