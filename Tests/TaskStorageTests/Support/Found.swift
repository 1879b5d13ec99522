/// What a program on the loop has found, for when the loop has ended.
final class Found<Value>: @unchecked Sendable {
    var value: Value?
}
