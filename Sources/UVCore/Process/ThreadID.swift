import CLibUV

/// The running thread's number, as the system's tools show it; 0 where there is none.
package func currentThreadID() -> Int { clibuv_thread_id() }
