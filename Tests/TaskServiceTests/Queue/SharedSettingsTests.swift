import TaskStorage
import Testing
import UVCore

@testable import TaskService

@Suite("What all servers of a store have to be set to alike")
struct SharedSettingsTests {
    @Test("Each flag of the queue is among them, and the same value is written in the same way")
    func values() throws {
        var configuration = Configuration()
        let shared = { configuration.queue.shared.map { "\($0.flag) \($0.value)" } }
        let usual = shared()
        #expect(
            usual == [
                "--max-tasks 1000000", "--max-bytes 1073741824", "--aging 1m", "--keep-completed 7d",
                "--keep-failed 30d", "--keep 100000",
            ])
        for text in ["60", "60s", "60000ms"] {
            try configuration.setAging(text)
            #expect(shared() == usual)
        }
    }

    @Test(
        "A duration is written as a flag has it",
        arguments: [
            (.zero, "0"), (.milliseconds(1), "1ms"), (.milliseconds(1_500), "1500ms"), (.seconds(61), "61s"),
            (.seconds(120), "2m"), (.seconds(5_400), "90m"), (.seconds(7_200), "2h"), (.seconds(86_400), "1d"),
        ] as [(Duration, String)])
    func durations(duration: Duration, text: String) throws {
        #expect(QueueLimits.flagText(duration) == text)
        #expect(Duration(flag: text) == duration)
    }
}
