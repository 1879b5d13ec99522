/// An exercise as it lies in the sources: `NN_title/`, or `NNN_title/`, with the texts, and the function that is the Swift side.
struct ExerciseFolder: Sendable {
    let name: String
    let run: @Sendable () -> Int32
    let files: [String: String]
}
