import UVCore

/// What a process has of the parent that has started it to serve beside others: a socket to listen with, and a channel.
///
/// ```
///             3: channel   ◀── retire, stop ───
///   process                ─── ready ────────▶   parent
///             4: socket, which has its address
/// ```
///
/// The channel ends with the parent, however that ends: for the process that is an order to stop.
@LoopActor
final class ParentLink {
    /// The variable by which a process knows that it has a parent. Its value is the number of the slot.
    nonisolated static let variable = "TASKFLOW_SLOT"

    /// The socket that is listened with.
    nonisolated static let listeningDescriptor: Int32 = 4

    /// What a process says when it serves.
    nonisolated static let ready = UInt8(ascii: "+")

    /// Called with what the parent says.
    var onOrder: (ProcessOrder) -> Void = { _ in }

    private let channel: Socket

    /// - Throws: ``LoopError`` where no parent has given it one.
    init() throws(LoopError) {
        channel = try Socket.open(descriptor: 3)
        // The process ends when it is told to, not when there is nothing to do.
        channel.unref()
        channel.onError = { _ in }
        channel.onData = { [weak self] bytes in
            for order in bytes.compactMap(ProcessOrder.init(byte:)) { self?.onOrder(order) }
        }
        channel.onClose = { [weak self] _ in self?.onOrder(.stop(level: 1)) }
    }

    func tellReady() { channel.write([Self.ready]) }
}

extension Configuration {
    /// Whether this process is the parent of those that serve.
    public var isParent: Bool {
        guard case .some = processes else { return false }
        return !isChild
    }

    private var isChild: Bool {
        guard case .some = processes, case .some = EventLoop.environment(ParentLink.variable) else { return false }
        return true
    }

    /// What this process has of its parent; nil for a server that is alone.
    @LoopActor
    func makeParentLink() throws(ConfigurationError) -> ParentLink? {
        guard isChild else { return nil }
        do throws(LoopError) {
            return try ParentLink()
        } catch {
            throw ConfigurationError(message: "\(ParentLink.variable) is set, but by no parent: \(error.message)")
        }
    }
}
