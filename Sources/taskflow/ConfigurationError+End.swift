import ArgumentParser
import Logging
import TaskService
import UVCore

/// The value; what cannot be understood of it is told as a wrong flag.
func explained<Value>(_ value: @autoclosure () throws(ConfigurationError) -> Value) throws -> Value {
    do throws(ConfigurationError) {
        return try value()
    } catch {
        throw ValidationError(error.message)
    }
}

/// The value; what cannot be understood of it is told in a line, in the log if there is one, and ends the program with
/// `code`.
func orEnd<Value>(
    with code: ExitCode, log: Logger? = nil, _ value: @autoclosure () throws(ConfigurationError) -> Value
) throws -> Value {
    do throws(ConfigurationError) {
        return try value()
    } catch {
        if let log { log.error("\(error.message)") } else { StandardStream.error.write("Error: \(error.message)\n") }
        throw code
    }
}
