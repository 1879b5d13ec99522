extension RawSpan {
    /// The byte at `offset`, which is checked. Every bit pattern is a `UInt8`, so the load itself cannot go wrong.
    func byte(at offset: Int) -> UInt8 {
        unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }
}
