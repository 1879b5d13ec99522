/// Rows that are not stored but made while they are sent: the same ones each time.
enum DemoRows {
    static let counts = 1...300_000
    static let standardCount = 1_000

    static let csvHead = "id,title,status,priority,description" + CSVText.lineEnd

    static func appendCSV(_ number: Int, to piece: inout [UInt8]) {
        CSVText.appendCell(String(number), isFirst: true, to: &piece)
        CSVText.appendTyped(title(number), to: &piece)
        CSVText.appendCell(status(number), to: &piece)
        CSVText.appendCell(String(priority(number)), to: &piece)
        CSVText.appendTyped(description, to: &piece)
        CSVText.endRow(&piece)
    }

    static func appendJSON(_ number: Int, to piece: inout [UInt8]) {
        piece.append(
            contentsOf: JSONText.object { json in
                json.member("id", number)
                json.member("title", title(number))
                json.member("status", status(number))
                json.member("priority", priority(number))
                json.member("description", description)
            })
        piece.append(UInt8(ascii: "\n"))
    }

    private static func title(_ number: Int) -> String { "Synthetic task \(number)" }

    private static func status(_ number: Int) -> String {
        ["pending", "in-progress", "completed", "failed"][number % 4]
    }

    private static func priority(_ number: Int) -> Int { number % 10 + 1 }

    /// So long that all rows together are about 100 MB, which no server should hold at once.
    private static let description = """
        A row of a long answer. It was made when the client had read the rows before it, it went into a piece of about \
        fifteen kilobytes, and when that was sent the server forgot it: however many rows there are, and however slow \
        the client, there is one piece in memory.
        """
}
