import UVCore
import UVHTTP

/// What an exercise's loop did, callback by callback, with the program and the queues: put into the server by the build, for
/// the page at `/loop`.
struct Recording: Sendable {
    /// That of the exercise, such as `07`.
    let number: String
    let document: Document
}

/// Sends the recordings, to any caller: they are in the sources.
@LoopActor
struct RecordingRoutes: ServerPart {
    func addRoutes(to router: Router, behind gates: Gates) {
        router.get("/loop/recordings") { request, response in Recording.list.send(to: request, response) }
        router.get("/loop/recordings/:number") { request, response in
            let number = request.parameters["number"] ?? ""
            guard let recording = Recording.all.first(where: { $0.number.isSame(as: number) }) else {
                return response.end(.notFound, "There is no recording of that number.")
            }
            recording.document.send(to: request, response)
        }
    }
}
