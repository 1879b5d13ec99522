/// The headings of the list, in their order.
enum Group: String, CaseIterable {
    case loop = "The loop"
    case timers = "Timers"
    case immediates = "Immediates"
    case async = "Async"
    case errors = "Errors and endings"
    case sockets = "Sockets and threads"
    case files = "Files"
    case http = "HTTP"
    case concepts = "The ten concepts"
}
