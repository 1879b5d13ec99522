extension TaskID {
    /// The canonical text, in lower case.
    public var description: String {
        String(unsafeUninitializedCapacity: Self.textLength) { buffer in
            var output = OutputSpan(buffer: buffer, initializedCount: 0)
            write(to: &output)
            return output.finalize(for: buffer)
        }
    }
}
