/// A guess while it grows, line by line. Each line can be taken once.
struct Guess {
    let choices: [String]
    /// For each place so far the index of its line; nil where the learner did not know.
    private(set) var places: [Int?] = []

    init(of choices: [String]) { self.choices = choices }

    /// True when no line is left, or the learner wants to see the answer.
    private(set) var isOver = false

    /// The lines in the order of the guess, empty where it has none.
    var lines: [String] { places.map { $0.map { choices[$0] } ?? "" } }

    /// The lines that are not taken yet, with the numbers that they keep to the end.
    var listOfRest: String {
        choices.indices.filter { !places.contains($0) }
            .map { "  \("\($0 + 1)".leftPadded(to: 2))  \(choices[$0])" }.joined(separator: "\n")
    }

    /// Does what was typed: a number, `b` for a step back, `q` for the answer, or nothing. Returns what to show then.
    mutating func take(_ answer: String) -> String {
        let answer = answer.filter { !$0.isWhitespace }.lowercased()
        switch answer {
        case "": places.append(nil)
        case "b":
            guard places.popLast() != nil else { return "This is the first line: there is no step back." }
        case "q":
            isOver = true
            return ""
        default:
            guard let number = Int(answer), choices.indices.contains(number - 1) else {
                return "A number from 1 to \(choices.count), please."
            }
            if let place = places.firstIndex(of: number - 1) {
                return "\(number) is line \(place + 1) already. These are left:\n\(listOfRest)"
            }
            places.append(number - 1)
        }
        isOver = places.count == choices.count
        return isOver ? "" : listOfRest
    }
}
