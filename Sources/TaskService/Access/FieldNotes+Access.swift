import UVHTTP

/// What the fields of a request have shown: it is found out once for all requests in a row that have the same.
extension FieldNotes {
    /// No guard minds the request, and its answer begins as most do: it calls the server by a name that it has, comes from no
    /// page that may not ask, and brings no name of its own.
    static var passGuards: FieldNotes { FieldNotes(rawValue: 1) }

    private static var showAdmin: FieldNotes { FieldNotes(rawValue: 2) }
    private static var showUser: FieldNotes { FieldNotes(rawValue: 4) }
    private static var showWorker: FieldNotes { FieldNotes(rawValue: 8) }

    /// They show a token: that of `role`.
    static func show(_ role: Role) -> FieldNotes {
        switch role {
        case .admin: showAdmin
        case .user: showUser
        case .worker: showWorker
        }
    }

    /// The role whose token they show; nil if that was not looked at, or if they show none.
    var role: Role? {
        contains(.showAdmin) ? .admin : contains(.showUser) ? .user : contains(.showWorker) ? .worker : nil
    }
}
