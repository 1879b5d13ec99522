/// A duration as the server writes it: seconds, whole where they are.
struct Seconds: Codable {
    let duration: Duration

    init(_ duration: Duration) { self.duration = duration }

    init(from decoder: any Decoder) throws {
        let seconds = try decoder.singleValueContainer().decode(Double.self)
        // A year is more than any duration that the server gives, and far below what overflows.
        duration = .seconds(min(max(seconds, 0), 31_536_000))
    }

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        let (seconds, attoseconds) = duration.components
        if attoseconds == 0 { try value.encode(seconds) } else { try value.encode(duration / .seconds(1)) }
    }
}
