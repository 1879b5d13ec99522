import ArgumentParser

/// A word on the command line that stands where no word belongs: most often a command that was misspelt.
struct CommandWord {
    let text: String

    /// What to say of it; nil for one that is no command's name, nor nearly.
    var explanation: String? {
        if let name = Self.names.first(where: { $0.utf8.elementsEqual(text.utf8) }) {
            return "A command comes first: taskflow \(name)"
        }
        guard let name = Self.names.first(where: isNear) else { return nil }
        return "There is no command '\(text)'. Did you mean 'taskflow \(name)'?"
    }

    private static var names: [String] {
        Taskflow.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
    }

    /// Whether two letters at most were changed, left out, put in or swapped.
    private func isNear(_ name: String) -> Bool {
        let (left, right) = (Array(text.utf8.prefix(20)), Array(name.utf8))
        // The changes from the first letters of one to those of the other, a row for each letter.
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var next = [index + 1]
            for (place, other) in right.enumerated() {
                next.append(min(row[place] + (letter == other ? 0 : 1), row[place + 1] + 1, next[place] + 1))
            }
            row = next
        }
        return row[right.count] <= 2
    }
}
