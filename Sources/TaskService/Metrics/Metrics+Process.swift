import TaskEngine
import TaskStorage
import UVCore

extension Metrics {
    func writeLog(to text: inout MetricsText) {
        let appends = board.appends
        text.single("taskflow_ready", .gauge, "1 where the server may be sent requests.", isReady() ? 1 : 0)
        text.single(
            "taskflow_store_up", .gauge, "1 where changes can be kept, as far as is known: Redis is there.",
            eventLog.trouble.map { _ in 0 } ?? 1)
        text.single(
            "taskflow_store_has_others", .gauge, "1 where another server on the same store is alive.",
            eventLog.hasOthers ? 1 : 0)
        text.single("taskflow_log_events_total", .counter, "Events that this server has kept.", appends.events)
        text.single("taskflow_log_append_failures_total", .counter, "Appends that have failed.", appends.failures)
        let name: StaticString = "taskflow_log_append_duration_seconds"
        text.family(name, .histogram, "How long it took to keep what was decided together.")
        text.histogram(name, appends.spans, milliseconds: appends.milliseconds)
        text.single("taskflow_log_changes_waiting", .gauge, "Changes that wait to be kept.", board.waitingChanges)
        text.single("taskflow_log_position", .gauge, "The number of the last event.", board.store.sequence)
    }

    func writeProcess(to text: inout MetricsText) {
        writeLoop(to: &text)
        let times = ProcessTimes.now()
        text.single(
            "process_cpu_seconds_total", .counter, "Time of the processors, of the system's work too.",
            (times.user + times.system).seconds)
        // A look at all of malloc's heap takes long: what is told is at most ten seconds old.
        if let sample = memory.samples.elements.last?.memory {
            text.single("process_resident_memory_bytes", .gauge, "Memory that the process occupies.", sample.resident)
            text.single("taskflow_heap_bytes", .gauge, "What malloc has from the system.", sample.heapTotal)
            text.single("taskflow_heap_used_bytes", .gauge, "What of that is in use.", sample.heapUsed)
        }
        text.single(
            "process_start_time_seconds", .gauge, "When the server was made, by the clock on the wall.",
            Double(startedAt.milliseconds) / 1_000)
        text.family("taskflow_build_info", .gauge, "1, with the version and the number of the process.")
        text.sample(
            "taskflow_build_info", 1,
            labels: Labels("version", TaskServer.version).with("pid", "\(EventLoop.processID)"))
    }

    private func writeLoop(to text: inout MetricsText) {
        let use = EventLoop.current.monitor.eventLoopUtilization()
        text.single(
            "taskflow_loop_active_seconds_total", .counter, "Time in which the loop worked.", use.active.seconds)
        text.single(
            "taskflow_loop_idle_seconds_total", .counter, "Time in which the loop waited.", use.idle.seconds)
        text.single(
            "taskflow_loop_turns_total", .counter, "Turns of the loop.",
            Int(clamping: EventLoop.current.monitor.counts.iterations))
        let name: StaticString = "taskflow_loop_delay_seconds"
        text.family(name, .summary, "How late the loop was for a look that was due each 20 ms, since the start.")
        for (percent, quantile) in [(50.0, "0.5"), (90.0, "0.9"), (99.0, "0.99")] as [(Double, StaticString)] {
            let delay = max(.zero, loopDelay.percentile(percent) - loopDelay.resolution)
            text.sample(name, delay.seconds, last: Label(name: "quantile", value: quantile))
        }
        let late = max(.zero, loopDelay.mean - loopDelay.resolution)
        text.sample(name, late.seconds * Double(loopDelay.count), suffix: "_sum")
        text.sample(name, loopDelay.count, suffix: "_count")
        text.single(
            "taskflow_loop_delay_max_seconds", .gauge, "The latest that the loop was, since the start.",
            max(.zero, loopDelay.max - loopDelay.resolution).seconds)
    }
}

extension Duration {
    fileprivate var seconds: Double { self / .seconds(1) }
}
