import UVCore

/// The members of one room, in no order.
@LoopActor
final class Room {
    let name: RoomName
    private(set) var members: [Member] = []

    init(_ name: RoomName) { self.name = name }

    /// - Complexity: O(rooms that `member` is in).
    func has(_ member: Member) -> Bool { place(of: member) != nil }

    /// - Precondition: `member` is not here.
    func insert(_ member: Member) {
        member.places.append(Member.Place(room: self, index: members.count))
        members.append(member)
    }

    /// The last member takes the place of the one that leaves. Silent if `member` is not here.
    ///
    /// - Complexity: O(rooms that the two are in).
    func remove(_ member: Member) {
        guard let place = place(of: member) else { return }
        let index = member.places.remove(at: place).index
        let last = members.removeLast()
        guard last !== member, let place = self.place(of: last) else { return }
        members[index] = last
        last.places[place].index = index
    }

    /// Where this room stands among those of `member`.
    private func place(of member: Member) -> Int? {
        let id = ObjectIdentifier(self)
        // The room of each place is not looked at: that would count a reference to it, 128 times for each of 128 rooms.
        for index in member.places.indices where member.places[index].id == id { return index }
        return nil
    }
}
