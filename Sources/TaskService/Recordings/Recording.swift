import UVCore
import UVHTTP

/// What an exercise's loop did, callback by callback, with the program and the queues: put into the server by the build, for
/// the page at `/loop`.
enum Recording {}

/// Sends the recordings, to any caller: they are in the sources.
@LoopActor
struct RecordingRoutes: ServerPart {
    func addRoutes(to router: Router, behind gates: Gates) {
        router.get("/loop/recordings") { request, response in Recording.list.send(to: request, response) }
        router.get("/loop/recordings/:number") { request, response in
            guard let number = request.parameters["number"], let recording = Recording.all[number] else {
                return response.end(.notFound, "There is no recording of that number.")
            }
            recording.send(to: request, response)
        }
    }
}
