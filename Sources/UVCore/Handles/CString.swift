extension String {
    /// Whether C reads the same text: a null byte would end it there, and name another file or host.
    var isWholeInC: Bool { !utf8.contains(0) }
}
