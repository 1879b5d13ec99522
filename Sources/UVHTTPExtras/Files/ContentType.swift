import UVCore

/// What a file's content is, by the end of its name.
enum ContentType {
    /// The type of the file `name`; nil for an end that is not known.
    static func of(_ name: String) -> String? {
        ending(of: name).flatMap { types[$0] }
    }

    /// What stands behind the last dot of a name, in small letters; nil without a dot.
    static func ending(of name: String) -> ByteText? {
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        return ByteText(String(decoding: name.utf8[dot...].dropFirst(), as: UTF8.self).asciiLowercased)
    }

    private static let types: [ByteText: String] = {
        var types: [ByteText: String] = [
            // Text, and what a page is made of.
            "html": "text/html", "htm": "text/html", "css": "text/css", "js": "text/javascript",
            "mjs": "text/javascript",
            "txt": "text/plain", "md": "text/markdown", "csv": "text/csv", "vtt": "text/vtt", "ics": "text/calendar",
            "xml": "text/xml", "log": "text/plain",
        ]
        types = types.mapValues { $0 + "; charset=utf-8" }
        let others: [ByteText: String] = [
            "json": "application/json", "map": "application/json", "webmanifest": "application/manifest+json",
            "jsonld": "application/ld+json", "wasm": "application/wasm", "rss": "application/rss+xml",
            "atom": "application/atom+xml", "xhtml": "application/xhtml+xml",
            // Pictures.
            "svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
            "webp": "image/webp", "avif": "image/avif", "ico": "image/x-icon", "bmp": "image/bmp", "tif": "image/tiff",
            "tiff": "image/tiff",
            // Sound and film.
            "mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "opus": "audio/ogg", "wav": "audio/wav",
            "flac": "audio/flac", "mp4": "video/mp4", "webm": "video/webm", "mov": "video/quicktime",
            "m3u8": "application/vnd.apple.mpegurl", "ts": "video/mp2t",
            // Fonts.
            "woff": "font/woff", "woff2": "font/woff2", "ttf": "font/ttf", "otf": "font/otf",
            // Papers and archives.
            "pdf": "application/pdf", "zip": "application/zip", "gz": "application/gzip", "tar": "application/x-tar",
            "bz2": "application/x-bzip2", "xz": "application/x-xz", "zst": "application/zstd",
            "7z": "application/x-7z-compressed", "rtf": "application/rtf",
        ]
        types.merge(others) { text, _ in text }
        return types
    }()
}
