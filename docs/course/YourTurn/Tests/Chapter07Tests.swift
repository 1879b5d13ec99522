import Testing
import YourTurn

@Suite("Chapter 7") struct Chapter07Tests {
    private func come(_ count: Int, to desk: NewsDesk) -> [() -> Reader?] {
        (0..<count).map { _ in
            let reader = Reader()
            desk.join(reader)
            desk.tell("hello")
            return { [weak reader] in reader }
        }
    }

    @Test("All that are there hear the news, and what is remembered, in order")
    func hears() {
        let desk = NewsDesk(remembering: 2)
        let (ada, bob) = (Reader(), Reader())
        desk.join(ada)
        for text in ["one", "two", "three"] { desk.tell(text) }
        desk.join(bob)
        desk.tell("four")
        #expect(ada.heard == ["one", "two", "three", "four"])
        #expect(bob.heard == ["two", "three", "four"])
    }

    @Test("Who has left hears nothing more, and the others do")
    func leaves() {
        let desk = NewsDesk(remembering: 0)
        let (ada, bob) = (Reader(), Reader())
        desk.join(ada)
        desk.join(bob)
        desk.leave(ada)
        desk.tell("news")
        #expect(ada.heard.isEmpty && bob.heard == ["news"])
        #expect(desk.readerCount == 1)
    }

    @Test("A hundred readers that have gone without a word are not in memory")
    func goneReaders() {
        let desk = NewsDesk(remembering: 0)
        let readers = come(100, to: desk)
        #expect(readers.count { $0() != nil } == 0)
    }

    @Test("Nor are their places in the list")
    func gonePlaces() {
        let desk = NewsDesk(remembering: 0)
        let stays = Reader()
        desk.join(stays)
        _ = come(100, to: desk)
        desk.tell("is anybody here?")
        #expect(desk.readerCount == 1)
        #expect(stays.heard.last == "is anybody here?")
    }

    @Test("Of 1,000 news the last ten are remembered")
    func bounded() {
        let desk = NewsDesk(remembering: 10)
        for number in 1...1_000 { desk.tell("\(number)") }
        #expect(desk.newsCount == 10)
        let late = Reader()
        desk.join(late)
        #expect(late.heard == (991...1_000).map { "\($0)" })
    }
}
