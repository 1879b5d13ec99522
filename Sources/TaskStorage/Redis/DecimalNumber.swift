/// Numbers as their digits, which is how Redis has them.
enum DecimalNumber {
    /// Nil if there are other bytes than digits, or none, or it is above all 64 bits.
    static func read(_ digits: some Collection<UInt8>) -> UInt64? {
        guard !digits.isEmpty else { return nil }
        var number: UInt64 = 0
        for digit in digits {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
            let (tens, isOver) = number.multipliedReportingOverflow(by: 10)
            let (sum, isAbove) = tens.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
            if isOver || isAbove { return nil }
            number = sum
        }
        return number
    }
}
