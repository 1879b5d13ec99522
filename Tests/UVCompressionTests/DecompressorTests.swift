import Testing
import UVCompression

@Suite("What others have compressed is read, and nothing else")
struct DecompressorTests {
    static let deflating: [CompressionFormat: String] = [
        .gzip: "gzip.compress(data)", .zlib: "zlib.compress(data)",
        .raw: "(lambda c: c.compress(data) + c.flush())(zlib.compressobj(wbits=-15))",
    ]

    @Test("What Python has compressed is read, cut at any byte", arguments: [CompressionFormat.gzip, .zlib, .raw])
    func cut(format: CompressionFormat) throws {
        for count in [0, 1, 2_000] {
            let bytes = text(count)
            let wire = try Python.evaluate(Self.deflating[format] ?? "", bytes)
            for cut in 0...wire.count {
                let decompressor = try Decompressor(format, limit: count)
                var read: [UInt8] = []
                try decompressor.inflate(Array(wire[..<cut]), into: &read)
                #expect(decompressor.isFinished == (cut == wire.count))
                if cut < wire.count { #expect(throws: CompressionError.truncated) { try decompressor.finish() } }
                try decompressor.inflate(Array(wire[cut...]), into: &read)
                try decompressor.finish()
                #expect(read == bytes && decompressor.count == count)
            }
        }
    }

    @Test("All that the head of gzip may carry is passed over: name, comment, extra field, CRC of the head")
    func head() throws {
        let name = try Python.evaluate(
            "(lambda f: (lambda g: (g.write(data), g.close(), f.getvalue())[2])(gzip.GzipFile('a name', 'wb', 9, f)))(io.BytesIO())",
            text(100))
        #expect(name[3] == 8)
        #expect(try Decompressor.inflate(name, .gzip, limit: 100) == text(100))
        // FEXTRA, FNAME, FCOMMENT and FHCRC: RFC 1952 section 2.3.1.
        let plain = try Compressor.compress(text(100), .gzip)
        var full = Array(plain[..<10])
        full[3] = 0b1_1110
        full += [3, 0, 1, 2, 3] + Array("n\0c\0".utf8)
        let sum = try Python.evaluate("(zlib.crc32(data) & 0xffff).to_bytes(2, 'little')", full)
        #expect(try Decompressor.inflate(full + sum + plain[10...], .gzip, limit: 100) == text(100))
        let wrong = [sum[0] ^ 1, sum[1]]
        #expect(throws: CompressionError.corrupt("header crc mismatch")) {
            try Decompressor.inflate(full + wrong + plain[10...], .gzip, limit: 100)
        }
    }

    @Test("Members behind each other are one, zeros behind them are none, and all else is an error, as in Python")
    func members() throws {
        let one = try Compressor.compress(text(1_000), .gzip)
        let none = try Compressor.compress([], .gzip)
        let rows: [([UInt8], Int?)] = [
            (one + one, 2_000), (one + none + one, 2_000), (none + none, 0), (one + [0, 0, 0], 1_000),
            (one + [0, 0] + one + [0], 2_000), (one + [1], nil), (one + [0, 0, 65], nil), (one + one.dropLast(), nil),
            (one + [0x1f], nil), (one + [0x1f, 0x8c, 0], nil), ([], nil),
        ]
        for (wire, count) in rows {
            let read = try? Decompressor.inflate(wire, .gzip, limit: 2_000)
            #expect(read?.count == count, "\(wire.count)")
            let python = try Python.evaluate("gzip.decompress(data)", wire)
            // Python takes no bytes for no members; here they are the beginning of one.
            if !wire.isEmpty { #expect(python.starts(with: "failed: ".utf8) == (count == nil), "\(wire.count)") }
            if let read { #expect(python == read) }
        }
        for format: CompressionFormat in [.zlib, .raw] {
            let wire = try Compressor.compress(text(10), format)
            #expect(throws: CompressionError.trailingBytes) { try Decompressor.inflate(wire + [0], format, limit: 100) }
        }
    }

    @Test("A changed byte is found in gzip and zlib, wherever it is")
    func changed() throws {
        let bytes = text(300)
        for format: CompressionFormat in [.gzip, .zlib] {
            let wire = try Compressor.compress(bytes, format)
            var unnoticed = 0
            // gzip's time, extra flags and system say nothing about the content.
            for index in wire.indices where format == .zlib || !(4...9).contains(index) {
                var other = wire
                other[index] ^= 0x10
                let read = try? Decompressor.inflate(other, format, limit: 10_000)
                // The bits between the end of the content and the next byte say nothing.
                #expect(read == nil || read == bytes, "\(index)")
                if read != nil { unnoticed += 1 }
            }
            #expect(unnoticed <= 1)
        }
        let wire = try Compressor.compress(bytes, .gzip)
        var crc = wire
        crc[wire.count - 8] ^= 1
        #expect(throws: CompressionError.corrupt("incorrect data check")) {
            try Decompressor.inflate(crc, .gzip, limit: 300)
        }
        var length = wire
        length[wire.count - 1] ^= 1
        #expect(throws: CompressionError.corrupt("incorrect length check")) {
            try Decompressor.inflate(length, .gzip, limit: 300)
        }
    }

    @Test("At the limit is read, one byte beyond is an error and stays one", arguments: [0, 1, 100, 16_384, 100_000])
    func limit(count: Int) throws {
        for format: CompressionFormat in [.gzip, .zlib, .raw] {
            let wire = try Compressor.compress(text(count), format)
            #expect(try Decompressor.inflate(wire, format, limit: count).count == count)
            guard count > 0 else { continue }
            let decompressor = try Decompressor(format, limit: count - 1)
            var read: [UInt8] = []
            for _ in 0..<2 {
                #expect(throws: CompressionError.tooLarge(limit: count - 1)) {
                    try decompressor.inflate(wire, into: &read)
                }
                #expect(throws: CompressionError.tooLarge(limit: count - 1)) { try decompressor.finish() }
            }
            #expect(read == text(count - 1))
        }
    }

    @Test("A bomb takes no memory beyond the limit, in one member or in many")
    func bomb() throws {
        let gigabyte = try Python.evaluate(
            "(lambda c: b''.join(c.compress(bytes(1 << 20)) for _ in range(1024)) + c.flush())(zlib.compressobj(9, wbits=31))",
            [])
        #expect(gigabyte.count < 2 << 20)
        let megabyte = try Compressor.compress([UInt8](repeating: 0, count: 1 << 20), .gzip)
        for wire in [gigabyte, Array(repeatElement(megabyte, count: 200).joined())] {
            let decompressor = try Decompressor(.gzip, limit: 10 << 20)
            var read: [UInt8] = []
            #expect(throws: CompressionError.tooLarge(limit: 10 << 20)) { try decompressor.inflate(wire, into: &read) }
            #expect(read.count == 10 << 20 && read.capacity < 32 << 20)
        }
    }

    @Test("A reader gets no more at a time than it has room for")
    func steps() throws {
        let wire = try Compressor.compress([UInt8](repeating: 7, count: 100_000), .gzip)
        let decompressor = try Decompressor(.gzip, limit: 100_000)
        var taken = 0
        var total = 0
        var more = true
        while more {
            var piece: [UInt8] = []
            more = try decompressor.step(wire.span.bytes, &taken, into: &piece, room: 1_000)
            #expect(piece.count <= 1_000)
            total += piece.count
        }
        try decompressor.finish()
        #expect(total == 100_000 && taken == wire.count)
    }

    @Test("A dictionary that is not there is said so")
    func dictionary() throws {
        let wire = try Python.evaluate(
            "(lambda c: c.compress(data) + c.flush())(zlib.compressobj(zdict=b'task is done'))", text(100))
        #expect(throws: CompressionError.needsDictionary) { try Decompressor.inflate(wire, .zlib, limit: 100) }
    }
}
