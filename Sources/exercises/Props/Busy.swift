/// Keeps the thread busy, as a long computation would: meanwhile nothing else runs on the loop.
func busy(_ duration: Duration) {
    let end = ContinuousClock.now + duration
    while ContinuousClock.now < end {}
}
