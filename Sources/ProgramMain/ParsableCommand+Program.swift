public import ArgumentParser
import UVCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

extension ParsableCommand {
    /// Runs the command that the arguments name, and ends the process: the `main` of the project's programs.
    ///
    /// As ArgumentParser's own, but what it says of the arguments gives the terminal no orders, and output that the system
    /// did not take, as on a full disk, is an error with code 1.
    public static func runProgram() -> Never {
        // On Linux, Swift reads them from /proc. Without it each flag would be as if it had not been given.
        guard !CommandLine.arguments.isEmpty else {
            StandardStream.error.write("Error: the arguments cannot be read; is /proc mounted?\n")
            exit(withError: ExitCode.failure)
        }
        do {
            var command = try parseAsRoot()
            try command.run()
            end(ExitCode.success)
        } catch {
            end(error)
        }
    }

    private static func end(_ error: any Error) -> Never {
        // What `print` has kept goes out now: at the exit itself nothing would hear that it fails.
        guard fflush(nil) == 0 else { endUnwritten() }
        let text = fullMessage(for: error)
        guard !text.isEmpty, !(error is ExitCode) else { exit(withError: error) }
        if exitCode(for: error).isSuccess {
            guard StandardStream.output.writeAll(Array("\(text)\n".utf8)) else { endUnwritten() }
        } else {
            StandardStream.error.write(withoutOrders(text) + "\n")
        }
        exit(withError: exitCode(for: error))
    }

    private static func endUnwritten() -> Never {
        StandardStream.error.write("Error: the output could not be written: \(String(cString: strerror(errno)))\n")
        exit(withError: ExitCode.failure)
    }

    private static func withoutOrders(_ text: String) -> String {
        text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self).escapingControls }
            .joined(separator: "\n")
    }
}
