// What the loop's own words do: see loop.py.
"use strict";
const fs = require("fs");

module.exports = ({ call, countOf, letTimePass }) => {
  const timeouts = new Map();
  const immediates = new Map();
  const signalled = []; // The targets of the signals that are on their way.

  // After each timeout time passes, so that whatever waits is due when the loop looks next.
  function keep(target, timeout) {
    timeouts.set(target, timeout);
    letTimePass(3);
  }

  function repeatTwice(target) {
    letTimePass(3);
    if (countOf(target) === 1) clearInterval(timeouts.get(target));
    call(target);
  }

  process.on("SIGUSR2", () => call(signalled.shift()));

  return {
    tick: (target) => process.nextTick(call, target),
    microtask: (target) => queueMicrotask(() => call(target)),
    immediate: (target) => immediates.set(target, setImmediate(call, target)),
    "loose-immediate": (target) => immediates.set(target, setImmediate(call, target).unref()),
    timeout: (target) => keep(target, setTimeout(call, 1, target)),
    "long-timeout": (target) => keep(target, setTimeout(call, 2, target)),
    "loose-timeout": (target) => keep(target, setTimeout(call, 1, target).unref()),
    interval: (target) => keep(target, setInterval(repeatTwice, 1, target)),
    stat: (target) => {
      fs.stat("/", () => call(target));
      letTimePass(50);
    },
    signal: (target) => {
      signalled.push(target);
      process.kill(process.pid, "SIGUSR2");
    },
    cancel: (target) => {
      clearTimeout(timeouts.get(target));
      timeouts.delete(target);
      clearImmediate(immediates.get(target));
    },
    ref: (target) => (timeouts.get(target) ?? immediates.get(target))?.ref(),
    unref: (target) => (timeouts.get(target) ?? immediates.get(target))?.unref(),
    refresh: (target) => {
      // Not for ever: its callback may be what refreshes it.
      if (timeouts.has(target) && countOf(target) < 3) keep(target, timeouts.get(target).refresh());
    },
  };
};
