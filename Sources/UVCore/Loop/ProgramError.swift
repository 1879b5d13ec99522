/// Ends the process: the program breaks a rule of what it calls.
///
/// In place of `preconditionFailure`, which is silent in a release build, for the rules that a program breaks at its
/// first run, whatever a peer sends: a route that is there twice, a loop inside a loop.
@inline(never)
package func programError(_ message: String, file: StaticString = #fileID, line: UInt = #line) -> Never {
    fatalError(message, file: file, line: line)
}
