import TaskEngine
import Testing

@testable import TaskService

/// A client, and its claim.
private struct Claiming<Client>: Claimant {
    let claim: Claim
    let client: Client
}

/// A desk that an expectation may change.
private final class Desk<Client> {
    private var desk = ClaimDesk<Claiming<Client>>()

    var count: Int { desk.count }
    var isEmpty: Bool { desk.isEmpty }

    func isFull(for worker: PlainText) -> Bool { desk.isFull(for: worker) }
    func first(for lane: LaneName) -> Int? { desk.first(for: lane) }
    func take(_ ticket: Int) -> Client? { desk.take(ticket)?.client }
    func stand(_ ticket: Int) { desk.stand(ticket) }
    func leave(_ ticket: Int) -> Client? { desk.leave(ticket)?.client }
    func leave(sameAs claim: Claim) -> (place: Int, client: Client)? {
        desk.leave(sameAs: claim).map { ($0.place, $0.client.client) }
    }
    func leaveAll() -> [Client] { desk.leaveAll().map(\.client) }
    func enter(_ claim: Claim, for client: Client, inPlaceOf place: Int? = nil) -> Int {
        desk.enter(Claiming(claim: claim, client: client), inPlaceOf: place)
    }
}

@Suite("Claims that wait, in their order")
struct ClaimDeskTests {
    private func claim(
        _ worker: PlainText, types: [PlainText?]? = nil, projects: [PlainText?]? = nil, key: PlainText? = nil
    ) -> Claim {
        Claim(worker: worker, types: types, projects: projects, key: key)
    }

    private func lane(_ project: PlainText?, _ type: PlainText?) -> LaneName { LaneName(project: project, type: type) }

    @Test("The claim that came first is the first, whether it names types or not; one that is taken is passed over")
    func order() {
        let desk = Desk<String>()
        let any = desk.enter(claim("a"), for: "a")
        let mail = desk.enter(claim("b", types: ["mail"]), for: "b")
        let other = desk.enter(claim("c", types: ["pdf", nil]), for: "c")
        #expect(desk.first(for: lane(nil, "mail")) == any)
        #expect(desk.take(any) == "a")
        #expect(desk.take(any) == nil, "it is taken")
        #expect(desk.first(for: lane(nil, "mail")) == mail)
        #expect(desk.first(for: lane(nil, nil)) == other)
        #expect(desk.first(for: lane(nil, "none")) == nil)
        desk.stand(any)
        #expect(desk.first(for: lane(nil, "mail")) == any, "it stands where it stood")
        #expect(desk.leave(any) == "a" && desk.leave(any) == nil)
        #expect(desk.count == 2)
    }

    @Test("A claim that names projects gets no other's; null among them is for tasks without one")
    func projects() {
        let desk = Desk<Int>()
        let alpha = desk.enter(claim("a", projects: ["alpha"]), for: 1)
        let none = desk.enter(claim("b", types: ["mail"], projects: [nil]), for: 2)
        #expect(desk.first(for: lane("alpha", "mail")) == alpha)
        #expect(desk.first(for: lane(nil, "mail")) == none)
        #expect(desk.first(for: lane("beta", "mail")) == nil)
    }

    @Test("A second claim of the same worker and key takes the first one's place, also for other types")
    func keys() throws {
        let desk = Desk<Int>()
        let first = desk.enter(claim("a", types: ["mail"], key: "k"), for: 1)
        let second = desk.enter(claim("b"), for: 2)
        #expect(desk.leave(sameAs: claim("b", key: "k")) == nil, "another worker's")
        let former = try #require(desk.leave(sameAs: claim("a", key: "k")))
        #expect(former.place == first && former.client == 1)
        let again = desk.enter(claim("a", types: ["pdf"], key: "k"), for: 3, inPlaceOf: former.place)
        #expect(again == first && desk.count == 2)
        #expect(desk.first(for: lane(nil, "pdf")) == first)
        #expect(desk.first(for: lane(nil, "mail")) == second)
        #expect(desk.take(again) == 3)
        #expect(desk.leave(sameAs: claim("a", key: "k")) == nil, "one that is asked for goes its way")
    }

    @Test("16 claims of a worker may wait and no 17th; 10,000 of all and none more")
    func limits() {
        let desk = Desk<Int>()
        for number in 0..<ClaimLimits.claimsOfWorker {
            #expect(!desk.isFull(for: "a"))
            _ = desk.enter(claim("a"), for: number)
        }
        #expect(desk.isFull(for: "a") && !desk.isFull(for: "b"))
        for number in desk.count..<ClaimLimits.claims {
            _ = desk.enter(claim(PlainText("w\(number)"), types: ["t\(number % 7)" == "t0" ? nil : "x"]), for: number)
        }
        #expect(desk.isFull(for: "b"))
        #expect(desk.leaveAll() == Array(0..<ClaimLimits.claims), "the first first")
        #expect(desk.isEmpty && !desk.isFull(for: "a"))
    }

    @Test("Each of many claims that come and go is found in the order of a plain list")
    func likeAList() {
        var random = SystemRandomNumberGenerator()
        let desk = Desk<Int>()
        var list: [(ticket: Int, claim: Claim)] = []
        let names: [PlainText?] = ["a", "b", nil]
        for step in 0..<400 {
            if Int.random(in: 0..<3, using: &random) > 0 || list.isEmpty {
                let types = Bool.random(using: &random) ? nil : names.filter { _ in Bool.random(using: &random) }
                let projects = Bool.random(using: &random) ? nil : names.filter { _ in Bool.random(using: &random) }
                let claim = claim(PlainText("w\(step)"), types: types, projects: projects)
                list.append((desk.enter(claim, for: step), claim))
            } else {
                let place = Int.random(in: 0..<list.count, using: &random)
                _ = desk.leave(list.remove(at: place).ticket)
            }
            for project in names {
                for type in names {
                    let expected = list.first {
                        ($0.claim.types?.contains(type) ?? true) && ($0.claim.projects?.contains(project) ?? true)
                    }
                    #expect(desk.first(for: lane(project, type)) == expected?.ticket)
                }
            }
        }
    }
}
