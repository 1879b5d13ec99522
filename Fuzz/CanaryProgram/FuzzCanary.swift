import Canary

/// The name is the one that libFuzzer's own `main` wants, which is linked and not run.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    _ = Canary.read(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
