import CLibUV

extension LoopError {
    /// What kind of failure it is: one of libuv's codes, each by a name that can be read.
    ///
    /// ```swift
    /// server.onError = { error in
    ///     guard error.code == .addressInUse else { throw error }
    ///     print("something listens there already")
    /// }
    /// ```
    ///
    /// A code that has no name here is still one, with Node's name for it as its ``name``.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// libuv's status, a negative number: on Unix the negated `errno`, which differs between systems.
        public let rawValue: Int32

        /// The code that is the status `rawValue` of libuv.
        public init(rawValue: Int32) { self.rawValue = rawValue }

        private init(_ code: uv_errno_t) { rawValue = code.rawValue }

        /// Its name as Node shows it, such as `EADDRINUSE`. See `uv_err_name_r`.
        public var name: String { LoopError.text { uv_err_name_r(rawValue, $0, $1) } }
    }
}

extension LoopError.Code: CustomStringConvertible {
    /// The ``name``.
    public var description: String { name }
}

// MARK: - Connections

extension LoopError.Code {
    /// A program listens at the address already, or the file of a socket is there (`EADDRINUSE`).
    public static let addressInUse = Self(UV_EADDRINUSE)
    /// The address is none of this machine's (`EADDRNOTAVAIL`).
    public static let addressNotAvailable = Self(UV_EADDRNOTAVAIL)
    /// The system has no addresses of the kind (`EAFNOSUPPORT`).
    public static let addressFamilyNotSupported = Self(UV_EAFNOSUPPORT)
    /// The socket listens, or connects, already (`EALREADY`).
    public static let alreadyInProgress = Self(UV_EALREADY)
    /// The socket is connected already (`EISCONN`).
    public static let alreadyConnected = Self(UV_EISCONN)
    /// Written to a connection whose other end reads no more, or whose own end has ended (`EPIPE`).
    public static let brokenPipe = Self(UV_EPIPE)
    /// The connection was given up before it was accepted (`ECONNABORTED`).
    public static let connectionAborted = Self(UV_ECONNABORTED)
    /// Nothing listens there (`ECONNREFUSED`).
    public static let connectionRefused = Self(UV_ECONNREFUSED)
    /// The peer has broken the connection (`ECONNRESET`).
    public static let connectionReset = Self(UV_ECONNRESET)
    /// The connection has ended where more was due (`EOF`).
    public static let endOfStream = Self(UV_EOF)
    /// No way leads to the machine (`EHOSTUNREACH`).
    public static let hostUnreachable = Self(UV_EHOSTUNREACH)
    /// The network is down (`ENETDOWN`).
    public static let networkDown = Self(UV_ENETDOWN)
    /// No way leads to the network (`ENETUNREACH`).
    public static let networkUnreachable = Self(UV_ENETUNREACH)
    /// The handle is closed, or was never opened (`ENOTCONN`).
    public static let notConnected = Self(UV_ENOTCONN)
    /// What the peer has said is against the protocol, or not what was asked of it (`EPROTO`).
    public static let protocolError = Self(UV_EPROTO)
    /// It has taken too long (`ETIMEDOUT`).
    public static let timedOut = Self(UV_ETIMEDOUT)
}

// MARK: - Names

extension LoopError.Code {
    /// No machine has the name (`EAI_NONAME`, which Node calls `ENOTFOUND`).
    public static let nameNotFound = Self(UV_EAI_NONAME)
    /// The name has no address of the kind that was asked for (`EAI_NODATA`).
    public static let nameWithoutAddress = Self(UV_EAI_NODATA)
    /// The server of names has not answered; it may later (`EAI_AGAIN`).
    public static let nameTryAgain = Self(UV_EAI_AGAIN)
    /// The server of names has failed (`EAI_FAIL`).
    public static let nameFailure = Self(UV_EAI_FAIL)
}

// MARK: - Files and programs

extension LoopError.Code {
    /// The permissions do not allow it (`EACCES`).
    public static let accessDenied = Self(UV_EACCES)
    /// The two places are on different devices (`EXDEV`).
    public static let crossDevice = Self(UV_EXDEV)
    /// The folder is not empty (`ENOTEMPTY`).
    public static let directoryNotEmpty = Self(UV_ENOTEMPTY)
    /// Something is there already (`EEXIST`).
    public static let fileExists = Self(UV_EEXIST)
    /// The file is longer than is allowed (`EFBIG`).
    public static let fileTooLarge = Self(UV_EFBIG)
    /// The device has failed (`EIO`).
    public static let inputOutputError = Self(UV_EIO)
    /// It is a folder, where a file is needed (`EISDIR`).
    public static let isDirectory = Self(UV_EISDIR)
    /// The path, or a part of it, is too long (`ENAMETOOLONG`).
    public static let nameTooLong = Self(UV_ENAMETOOLONG)
    /// The device is full (`ENOSPC`).
    public static let noSpace = Self(UV_ENOSPC)
    /// Nothing is there (`ENOENT`).
    public static let noSuchFile = Self(UV_ENOENT)
    /// Nothing drives such a device (`ENODEV`).
    public static let noSuchDevice = Self(UV_ENODEV)
    /// The name is a socket's, or a device's that is not there (`ENXIO`).
    public static let noSuchDeviceOrAddress = Self(UV_ENXIO)
    /// No process has the number (`ESRCH`).
    public static let noSuchProcess = Self(UV_ESRCH)
    /// A part of the path is no folder (`ENOTDIR`).
    public static let notDirectory = Self(UV_ENOTDIR)
    /// Only the owner, or the administrator, may do that (`EPERM`).
    public static let notPermitted = Self(UV_EPERM)
    /// The file system is for reading only (`EROFS`).
    public static let readOnlyFileSystem = Self(UV_EROFS)
    /// Symbolic links lead in a circle (`ELOOP`).
    public static let tooManySymbolicLinks = Self(UV_ELOOP)
}

// MARK: - The system

extension LoopError.Code {
    /// The descriptor is not open (`EBADF`).
    public static let badDescriptor = Self(UV_EBADF)
    /// It is in use (`EBUSY`).
    public static let busy = Self(UV_EBUSY)
    /// The operation was cancelled before it was done (`ECANCELED`).
    public static let cancelled = Self(UV_ECANCELED)
    /// An argument is not valid (`EINVAL`).
    public static let invalidArgument = Self(UV_EINVAL)
    /// More waits than there is room for (`ENOBUFS`).
    public static let noBufferSpace = Self(UV_ENOBUFS)
    /// The system does not know the call (`ENOSYS`).
    public static let notImplemented = Self(UV_ENOSYS)
    /// It is no terminal (`ENOTTY`).
    public static let notTerminal = Self(UV_ENOTTY)
    /// What it was asked of cannot do that (`ENOTSUP`).
    public static let notSupported = Self(UV_ENOTSUP)
    /// There is no memory (`ENOMEM`).
    public static let outOfMemory = Self(UV_ENOMEM)
    /// This process has as many open files as it may have (`EMFILE`).
    public static let tooManyOpenFiles = Self(UV_EMFILE)
    /// The system has as many open files as it can have (`ENFILE`).
    public static let tooManyOpenFilesInSystem = Self(UV_ENFILE)
    /// Nothing is there at the moment (`EAGAIN`).
    public static let tryAgain = Self(UV_EAGAIN)
}
