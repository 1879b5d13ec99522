import UVCore

/// The members of one room, in an array to walk, and their places, to leave in O(1).
@LoopActor
final class Room {
    private(set) var members: [WebSocket] = []
    private var places: [ObjectIdentifier: Int] = [:]

    func insert(_ member: WebSocket) {
        places[ObjectIdentifier(member)] = members.count
        members.append(member)
    }

    /// The last member takes the place of the one that leaves.
    func remove(_ member: WebSocket) {
        guard let place = places.removeValue(forKey: ObjectIdentifier(member)) else { return }
        let last = members.removeLast()
        guard last !== member else { return }
        members[place] = last
        places[ObjectIdentifier(last)] = place
    }
}
