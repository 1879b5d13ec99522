/// An exercise's `exercise.md`:
///
/// ```
/// # Title
///
/// Group: where it stands in the list
/// Concept: the one idea
/// Question: what to find out
/// Predict: no
///
/// Why the order is what it is, in three to eight lines.
/// ```
///
/// The line `Predict: no` stands where the question is not in which order the lines come.
struct Page {
    let title, concept, question, why: String
    let group: Group
    let asksForOrder: Bool

    init?(_ text: String) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        func take(_ prefix: String) -> String? {
            while lines.first?.isEmpty == true { lines.removeFirst() }
            guard let line = lines.first, line.hasPrefix(prefix) else { return nil }
            lines.removeFirst()
            return String(line.dropFirst(prefix.count))
        }
        guard let title = take("# "), let group = take("Group: ").flatMap(Group.init), let concept = take("Concept: "),
            let question = take("Question: ")
        else { return nil }
        (self.title, self.group, self.concept, self.question) = (title, group, concept, question)
        asksForOrder = take("Predict: ") != "no"
        if lines.last == "" { lines.removeLast() }
        why = lines.drop(while: \.isEmpty).joined(separator: "\n")
    }
}
