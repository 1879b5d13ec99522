import UVCore

/// How the servers of a store come to be set alike: what the first one is set to stands in the store.
extension RedisLog {
    /// What this server is set to.
    struct Agreement {
        let settings: [SharedSetting]
        /// How often the store's had changed when they were compared; nil where they were not yet.
        var version: [UInt8]?
    }

    public func agree(
        on settings: [SharedSetting], replacing: Bool, _ done: @escaping (Result<Void, LogError>) -> Void
    ) {
        agreement = Agreement(settings: settings)
        compareSettings(replacing: replacing) { [address] result in
            switch result {
            case .success(let others) where others.isEmpty: done(.success(()))
            case .success(let others):
                let own = settings.filter { setting in others.contains { $0.flag.utf8.elementsEqual(setting.flag.utf8) }
                }
                let message = """
                    the servers of \(address) have \(others.flags), and this one has \(own.flags): start it with what they \
                    have, or with --set for all to have what this one has
                    """
                done(.failure(.refused(message)))
            case .failure(let error): done(.failure(.refused("cannot use \(address): \(error.message)")))
            }
        }
    }

    /// The store's settings have changed as often as `version` says: another server was started with `--set`, or Redis has
    /// forgotten them.
    func noteSettings(_ version: [UInt8]?) {
        guard let version, let known = agreement?.version, known != version else { return }
        compareSettings(replacing: false) { [weak self] result in
            guard let self, case .success(let others) = result, !others.isEmpty else { return }
            onWarning?("Other servers have \(others.flags) from now on; this one has it when it is started with that.")
        }
    }

    /// Says what this server is set to, and calls `done` with those of the store's that are other ones. What the store has
    /// none of it has from then on.
    private func compareSettings(
        replacing: Bool, _ done: @escaping (Result<[SharedSetting], RedisError>) -> Void
    ) {
        guard let agreement, let (session, member) = connected else {
            return done(.failure(.refused("it is not open")))
        }
        var command = RedisCommand(of: member)
        command.append(replacing ? "1" : "0")
        for setting in agreement.settings {
            command.append(setting.flag)
            command.append(setting.value)
        }
        // Not asked for again by the next beat.
        self.agreement?.version = nil
        session.run(.agree, command) { [weak self] result in
            guard case .success(let returned) = result else {
                self?.agreement?.version = []
                return done(result.map { _ in [] })
            }
            guard returned.verdict == .kept || returned.verdict == .differs else {
                return done(.failure(.refused("other servers have taken this one for dead")))
            }
            self?.agreement?.version = returned.words.first ?? []
            done(.success(Self.settings(returned.list)))
        }
    }

    private static func settings(_ words: [[UInt8]]) -> [SharedSetting] {
        let texts = words.map { String(decoding: $0, as: UTF8.self) }
        return stride(from: 0, to: texts.count - 1, by: 2).map { SharedSetting(texts[$0], texts[$0 + 1]) }
    }
}
