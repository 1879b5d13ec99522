/// What each callback of a program does, by the callback's name.
///
/// ```
/// main: tick 1, timeout 2
/// 1: immediate 3, cancel 2, throw
/// ```
/// The callbacks that the loop knows by name are `main`, `uncaught`, `before-exit-1`, `before-exit-2` and `at-exit`; the
/// others are called because a step of another one has asked for it.
struct Program: Sendable {
    private var callbacks: [Substring: [Step]] = [:]

    /// Nil where `text` is none.
    init?(_ text: String) {
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard let name = parts.first else { return nil }
            callbacks[name] = []
            for words in parts.dropFirst().joined().split(separator: ",") {
                guard let step = Step(words.split(separator: " ")) else { return nil }
                callbacks[name]?.append(step)
            }
        }
    }

    /// The steps of a callback; nil where the program has none of that name.
    subscript(name: Substring) -> [Step]? { callbacks[name] }
}

/// One thing that a callback does.
struct Step: Sendable {
    let word: Substring

    /// The callback that it is about; empty where it is about none.
    let target: Substring

    init?(_ words: [Substring]) {
        guard let word = words.first else { return nil }
        self.word = word
        target = words.dropFirst().first ?? ""
    }
}
