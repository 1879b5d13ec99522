import Foundation
import LoopTesting
import Testing

@testable import TaskStorage

@Suite("A file that appears when it is whole")
struct NewFileTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("new") }

    init() throws { folder = try TemporaryFolder() }

    @Test("It has its name when it is finished, and not before; one that is not finished goes")
    func name() throws {
        for isFinished in [false, true] {
            do {
                let output = try OutputFile(path, until: Interruption())
                try output.write(Array("whole".utf8))
                #expect(try folder.contents().keys.allSatisfy { $0.hasPrefix("new.") && $0.hasSuffix(".part") })
                if isFinished { try output.finish() }
            }
            #expect(try folder.contents() == (isFinished ? ["new": Data("whole".utf8)] : [:]))
        }
    }

    @Test("It takes no file's place, also not of one that has come meanwhile")
    func existing() throws {
        let file = try NewFile(path)
        try folder.write("new", Data("other".utf8))
        #expect(throws: UpkeepError.self) { try file.finish() }
        file.discard()
        #expect(throws: UpkeepError.self) { try NewFile(path) }
        #expect(try folder.contents() == ["new": Data("other".utf8)])
    }

    @Test("A folder that is not there is told")
    func noFolder() throws {
        let path = folder.file("none/new")
        #expect(throws: UpkeepError.failed("cannot make \(path): No such file or directory")) { try NewFile(path) }
    }
}
