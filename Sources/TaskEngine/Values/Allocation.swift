/// What memory costs that is asked for at run time.
enum Allocation {
    /// An object and its allocation, beside what is in it.
    private static let header = 48

    /// An object or an array of so many bytes.
    static func memory(of bytes: Int) -> Int { header + bytes }

    /// A text: one of up to 15 bytes lies in the value itself.
    static func memory(of text: String?) -> Int {
        guard let text, text.utf8.count > 15 else { return 0 }
        return memory(of: text.utf8.count)
    }
}
