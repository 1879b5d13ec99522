extension StoreReader {
    /// Writes a copy of the store to `target`, a new file, which appears when it is whole.
    ///
    /// The copy goes on in a history of its own, with numbers above all of the first one's: a server that begins with it
    /// does not know what the first one has told its clients since, nor which leases and tags it has given.
    /// - Parameter note: Called between two portions with the pages that are left, and with all.
    package func copy(
        to target: NewFile, until interruption: Interruption, note: (_ left: Int, _ all: Int) -> Void
    ) throws(UpkeepError) {
        do {
            let copy = try Database(SQLiteFile.name(of: target.partialPath), mayCreate: false)
            // Until it has its name the file needs no protection: what is half-done is removed.
            try copy.run("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            try database.copy(to: copy) { left, all in
                note(left, all)
                try interruption.check()
            }
            try copy.run("PRAGMA journal_mode = DELETE")
            try SQLiteSchema.beginHistory(in: copy)
        } catch let error as UpkeepError {
            throw error
        } catch {
            throw .failed(SQLiteFile.explanation(of: error, target.path))
        }
        try target.finish()
    }
}
