import UVCore

extension Server {
    /// The port that the system chose; 0 before it listens.
    var port: Int { address?.port ?? 0 }
}
