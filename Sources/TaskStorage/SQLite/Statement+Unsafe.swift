import CSQLite

/// A compiled statement, to be run again and again.
///
/// ```swift
/// let find = try database.prepare("SELECT title FROM task WHERE id = ?")
/// find.bind(id, 1)
/// while try find.step() { print(find.text(0)) }
/// ```
///
/// Parameters count from 1 and columns from 0, as in C. A value that could not be bound makes `step` throw. What is bound
/// holds for one run.
final class Statement {
    private let connection: Database.Connection
    private let raw: OpaquePointer?
    /// The first failure to bind since the last run.
    private var bindStatus = SQLITE_OK
    /// Where texts and bytes lie until the run is over. SQLite would allocate memory for each.
    private let room: UnsafeMutableRawPointer
    private var used = 0
    private static let roomSize = 1_024
    /// The bits of the parameters that are NULL, as all are at first: SQLite keeps that from one run to the next.
    private var nulls = UInt64.max

    init(_ sql: String, on connection: Database.Connection) throws(DatabaseError) {
        self.connection = connection
        var raw: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        try DatabaseError.check(
            sqlite3_prepare_v3(connection.raw, sql, -1, flags, &raw, nil), of: connection.raw)
        self.raw = raw
        // Not before: where `init` throws there is no `deinit`.
        room = .allocate(byteCount: Self.roomSize, alignment: 8)
        let parameters = sqlite3_bind_parameter_count(raw)
        precondition(parameters < UInt64.bitWidth, "\(parameters) parameters: each needs a bit of its own")
    }

    deinit {
        sqlite3_finalize(raw)
        // The statement was the last that had pointers into it.
        room.deallocate()
    }

    /// Goes to the next row; false when there is none, and then the statement can be run again.
    ///
    /// The columns hold until the next step.
    func step() throws(DatabaseError) -> Bool {
        let status = bindStatus == SQLITE_OK ? sqlite3_step(raw) : bindStatus
        if status == SQLITE_ROW { return true }
        let error = status == SQLITE_DONE ? nil : DatabaseError(status, of: connection.raw)
        reset()
        if let error { throw error }
        return false
    }

    /// Runs a statement that returns no row.
    func run() throws(DatabaseError) { while try step() {} }

    /// Ends the run that is under way: a statement that has rows left would hold up the end of a transaction.
    func reset() {
        sqlite3_reset(raw)
        bindStatus = SQLITE_OK
        used = 0
    }

    private func note(_ status: Int32) { if bindStatus == SQLITE_OK { bindStatus = status } }

    /// A copy of `bytes` that holds until the next run; nil if there is no room for it.
    private func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawPointer? {
        guard bytes.count <= Self.roomSize - used else { return nil }
        // Of no bytes, too, it is a pointer: without one the value would be NULL.
        let place = room + used
        if let start = bytes.baseAddress { place.copyMemory(from: start, byteCount: bytes.count) }
        used += bytes.count
        return UnsafeRawPointer(place)
    }
}

// MARK: - Values

extension Statement {
    func bind(_ value: Int, _ index: Int32) { bind(Int64(value), index) }

    func bind(_ value: Int64, _ index: Int32) { noteValue(index, sqlite3_bind_int64(raw, index, value)) }

    func bindNull(_ index: Int32) {
        let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: index)
        guard nulls & bit == 0 else { return }
        nulls |= bit
        note(sqlite3_bind_null(raw, index))
    }

    func bindNull(_ indices: ClosedRange<Int32>) { for index in indices { bindNull(index) } }

    /// UTF-8 as it is, null bytes included.
    func bind(_ text: String, _ index: Int32) { bind(utf8: text.utf8.span.bytes, index) }

    func bind(utf8 bytes: RawSpan, _ index: Int32) {
        bytes.withUnsafeBytes { bytes in
            let count = UInt64(bytes.count)
            guard let place = copy(bytes) else {
                return noteValue(index, csqlite_bind_text(raw, index, bytes.baseAddress, count))
            }
            noteValue(index, csqlite_bind_text_in_place(raw, index, place, count))
        }
    }

    /// UTF-8 that `write` appends to an empty output, where it stays until the run is over.
    ///
    /// - Precondition: There is room for `count` bytes, which `write` appends at most.
    func bind(utf8UpTo count: Int, _ index: Int32, _ write: (inout OutputSpan<UInt8>) -> Void) {
        precondition(count <= Self.roomSize - used, "no room for \(count) bytes")
        let place = (room + used).assumingMemoryBound(to: UInt8.self)
        let buffer = UnsafeMutableBufferPointer(start: place, count: count)
        var output = OutputSpan(buffer: buffer, initializedCount: 0)
        write(&output)
        let written = output.finalize(for: buffer)
        used += written
        noteValue(index, csqlite_bind_text_in_place(raw, index, place, UInt64(written)))
    }

    func bind(_ bytes: RawSpan, _ index: Int32) {
        bytes.withUnsafeBytes { bytes in
            let count = UInt64(bytes.count)
            guard let place = copy(bytes) else {
                return noteValue(index, csqlite_bind_blob(raw, index, bytes.baseAddress, count))
            }
            noteValue(index, csqlite_bind_blob_in_place(raw, index, place, count))
        }
    }

    @inline(__always)
    private func noteValue(_ index: Int32, _ status: Int32) {
        nulls &= ~(1 &<< UInt64(truncatingIfNeeded: index))
        note(status)
    }

    /// What stands in a column: each question about it is cheaper than one about the column, which SQLite looks up anew.
    ///
    /// SQLite asks that the connection's lock be held meanwhile; a connection that takes none needs none.
    @inline(__always)
    private func value(_ column: Int32) -> OpaquePointer? { sqlite3_column_value(raw, column) }

    /// The number; nil if something else stands there.
    func number(_ column: Int32) -> Int? {
        let value = value(column)
        return sqlite3_value_type(value) == SQLITE_INTEGER ? Int(sqlite3_value_int64(value)) : nil
    }

    /// The number, or `other` if nothing stands there; nil if something else does.
    func number(_ column: Int32, ifNull other: Int) -> Int? {
        let value = value(column)
        switch sqlite3_value_type(value) {
        case SQLITE_INTEGER: return Int(sqlite3_value_int64(value))
        case SQLITE_NULL: return other
        default: return nil
        }
    }

    /// The number, and 0 if something else stands there.
    func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(raw, column)) }

    func isNull(_ column: Int32) -> Bool { sqlite3_value_type(value(column)) == SQLITE_NULL }

    func isText(_ column: Int32) -> Bool { sqlite3_value_type(value(column)) == SQLITE_TEXT }

    /// The text; what is no UTF-8 in it is replaced.
    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(raw, column) else { return "" }
        let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(raw, column)))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text; nil if something else stands there, or what is no UTF-8.
    func wholeText(_ column: Int32) -> String? {
        let value = value(column)
        return sqlite3_value_type(value) == SQLITE_TEXT ? Self.wholeText(value) : nil
    }

    /// The text, or none if nothing stands there; nil if something else does, or what is no UTF-8.
    func optionalText(_ column: Int32) -> String?? {
        let value = value(column)
        switch sqlite3_value_type(value) {
        case SQLITE_NULL: return .some(nil)
        case SQLITE_TEXT: return Self.wholeText(value).map(Optional.some)
        default: return nil
        }
    }

    private static func wholeText(_ value: OpaquePointer?) -> String? {
        withBytes(of: value) { bytes in
            if bytes.isEmpty { return "" }
            let units = bytes.assumingMemoryBound(to: UInt8.self).span
            guard let text = try? UTF8Span(validating: units) else { return nil }
            return String(copying: text)
        }
    }

    /// A copy of the bytes.
    func bytes(_ column: Int32) -> [UInt8] { withBytes(column) { bytes in bytes.withUnsafeBytes { Array($0) } } }

    /// The bytes, for `body` alone.
    func withBytes<Value>(_ column: Int32, _ body: (RawSpan) -> Value) -> Value {
        Self.withBytes(of: value(column)) { body($0.bytes) }
    }

    @inline(__always)
    private static func withBytes<Value>(of value: OpaquePointer?, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        let start = sqlite3_value_blob(value)
        let count = Int(sqlite3_value_bytes(value))
        return body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }
}
