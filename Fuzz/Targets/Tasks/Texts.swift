@testable import TaskEngine
@testable import TaskService
@testable import UVCore
@testable import UVTasks

extension FuzzTarget {
    /// JSON, as the server's reader and the client's judge it: both or neither.
    static let json = FuzzTarget("json", "JSON, by the reader of the server and that of the client") { bytes in
        var reason = "nothing"
        var isRead = true
        do throws(JSONError) {
            var reader = try JSONReader(bytes)
            try reader.skipValue()
            try reader.end()
        } catch {
            (isRead, reason) = (false, error.message)
        }
        let message = JSONMessage(bytes)
        // What is no text, as half a pair of surrogates, the server could not keep; to the client it is U+FFFD.
        let isText = ["a whole character", "not UTF-8"].allSatisfy { reason.utf8.firstRange(of: $0.utf8) == nil }
        try expect(
            (message != nil) == isRead || !isText, "the server says that \(reason) is wrong, the client something else")
        guard let value = JSON(bytes) else { return }
        try expect(JSON(value.text)?.text.utf8.elementsEqual(value.text.utf8) ?? false, "it is not read once more")
    }

    /// A file of settings.
    static let env = FuzzTarget("env", "files of settings, .env") { bytes in
        guard let file = try? EnvironmentFile(bytes) else { return }
        let lines = 1 + bytes.count { $0 == 10 || $0 == 13 }
        try expect(file.settings.allSatisfy { (1...lines).contains($0.line) }, "a line that there is not")
        for setting in file.settings {
            try expect(setting.name.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "the name \(setting.name)")
            try expect(setting.value.allSatisfy { $0 == 9 || $0 >= 0x20 && $0 != 0x7F }, "the value \(setting.value)")
            // A value with both quotes in it can be written in no quotes.
            guard let quote = "\"'".utf8.first(where: { !setting.value.contains($0) }) else { continue }
            let line = setting.name + "=".utf8 + [quote] + setting.value + [quote]
            let again = try EnvironmentFile(line).settings
            try expect(
                again.map(\.value) == [setting.value] && again[0].name == setting.name, "written again: \(again)")
        }
        guard !bytes.contains(13) else { return }
        let windows = bytes.flatMap { $0 == 10 ? [13, 10] : [$0] }
        try expect(try EnvironmentFile(windows) == file, "with lines of Windows it is another")
    }

    /// A message of a client of the live events.
    static let subscribe = FuzzTarget("subscribe", "messages to the live events") { bytes in
        guard let request = try? ListenerRequest(bytes) else { return }
        var text = JSONText()
        text.object { text in
            switch request {
            case .ping: text.member("type", "ping")
            case .subscribe(let rooms, let point):
                text.member("type", "subscribe")
                text.rooms(rooms)
                text.point(point)
            case .unsubscribe(let rooms):
                text.member("type", "unsubscribe")
                text.rooms(rooms)
            }
        }
        let again = try ListenerRequest(text.bytes)
        try expect(again == request, "written again it is \(again), and not \(request)")
    }
}

extension JSONText {
    fileprivate mutating func rooms(_ rooms: [RoomName]) {
        array("rooms") { array in
            for room in rooms { array.element(room.text) }
        }
    }

    fileprivate mutating func point(_ point: ResumePoint?) {
        guard let point else { return }
        switch point {
        case .now: memberNull("since")
        case .after(let number, let epoch):
            member("since", number)
            if let epoch { member("epoch", epoch.text) }
        }
    }
}
