// What peers do, one after another: each act begins when what the one before it did has arrived.
"use strict";

module.exports = () => {
  const waiting = [];
  let isBusy = false;

  const turns = (count, body) => setImmediate(() => (count === 0 ? body() : turns(count - 1, body)));

  function next() {
    if (isBusy || waiting.length === 0) return;
    isBusy = true;
    waiting.shift()(() => {
      isBusy = false;
      next();
    });
  }

  // `act` calls `done` when what it did has arrived.
  function untilDone(act) {
    waiting.push(act);
    next();
  }

  function inTurn(act) {
    untilDone((done) => {
      turns(4, done);
      act();
    });
  }

  return { inTurn, turns, untilDone };
};
