import HTTPTypes
import UVCore
import UVHTTP

extension ServerResponse {
    /// Sets the field `name` to what `write` writes, `room` bytes at most: no memory is allocated for it.
    func setHeader(_ name: HTTPField.Name, room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { buffer in
            var output = OutputSpan(buffer: buffer, initializedCount: 0)
            write(&output)
            let count = output.finalize(for: buffer)
            setHeader(name, UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]).bytes)
        }
    }
}
