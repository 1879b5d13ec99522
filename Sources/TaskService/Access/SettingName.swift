import UVCore

/// The name of a setting in the environment and in `.env`.
enum SettingName: CaseIterable {
    case adminToken, userToken, workerToken, store

    var text: String {
        switch self {
        case .adminToken: "ADMIN_TOKEN"
        case .userToken: "USER_TOKEN"
        case .workerToken: "WORKER_TOKEN"
        case .store: "TASKFLOW_STORE"
        }
    }

    /// Whether `name` is this name but for the case of letters, what stands between its words, and one letter that is
    /// wrong, missing, surplus or swapped: one that its writer took for this name.
    ///
    /// - Complexity: O(length of the name).
    func isNearly(_ name: some Sequence<UInt8>) -> Bool {
        let (given, own) = (Self.folded(name), Self.folded(text.utf8))
        guard abs(given.count - own.count) <= 1 else { return false }
        // What is the same at both ends does not count; at most one letter, or two that are swapped, is left between.
        var (one, other) = (given[...], own[...])
        while let first = one.first, first == other.first { (one, other) = (one.dropFirst(), other.dropFirst()) }
        while let last = one.last, last == other.last { (one, other) = (one.dropLast(), other.dropLast()) }
        if one.count <= 1, other.count <= 1 { return true }
        return one.count == 2 && other.count == 2 && one.first == other.last && one.last == other.first
    }

    /// Letters, all small, and digits.
    private static func folded(_ name: some Sequence<UInt8>) -> [UInt8] {
        name.compactMap { byte in
            let small = byte.asciiLowercased
            let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(small)
            return isLetter || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(small) ? small : nil
        }
    }
}
