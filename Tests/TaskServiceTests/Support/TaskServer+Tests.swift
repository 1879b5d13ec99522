import Logging
import TaskStorage
import UVCore

@testable import TaskService

extension TaskServer {
    /// A server that has read its tasks, of which there are none, and logs nothing.
    static func forTest(
        _ configuration: Configuration = Configuration(), keepingEventsIn log: any EventLog = MemoryLog()
    ) -> TaskServer {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = TaskServer(configuration, log: quiet, keepingEventsIn: log)
        server.openStore { server.loadTasks() }
        return server
    }
}
