/// What an exercise throws: a message, as JavaScript's `Error` has it.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ message: String) { description = message }
}
