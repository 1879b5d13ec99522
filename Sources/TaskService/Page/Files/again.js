// Trying again what has failed.

// A random time below a bound that doubles: so the pages of a server that restarts do not come back all at once. In
// milliseconds, as the Backoff of the programs.
const shortest = 500, longest = 20000;

/// The tries of one piece of work, which asks the server for something that the page needs.
class Tries {
  constructor() { this.succeed(); }

  /// Whether it has failed since it last succeeded.
  get areFailing() { return this.bound > shortest; }
  /// Whether the next try comes by itself.
  get isPlanned() { return this.timer !== undefined; }

  /// Does `work` after a while.
  plan(work) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      work();
    }, this.bound * (1 + Math.random()) / 2);
    this.bound = Math.min(longest, 2 * this.bound);
  }

  succeed() {
    clearTimeout(this.timer);
    [this.timer, this.bound] = [undefined, shortest];
  }
}
