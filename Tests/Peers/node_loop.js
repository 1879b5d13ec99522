// Runs a small program of callbacks in Node and prints a line for each call, as Tests/LoopPrograms does on the loop.
// Usage: node node_loop.js PROGRAM
"use strict";
const fs = require("fs");

const program = new Map();
for (const line of process.argv[2].split("\n")) {
  const [name, steps] = line.split(":");
  program.set(name, steps.split(",").filter((step) => step.trim()).map((step) => step.trim().split(" ")));
}

const say = (...words) => fs.writeSync(1, words.join(" ") + "\n");
const clock = new Int32Array(new SharedArrayBuffer(4));
const letTimePass = (milliseconds) => Atomics.wait(clock, 0, 0, milliseconds);

const timeouts = new Map();
const immediates = new Map();
const signalled = []; // The targets of the signals that are on their way.
const calls = new Map();
const countOf = (name) => calls.get(name) ?? 0;

// Says that `name` was called. The first time it also does what the program has for it.
function call(name) {
  calls.set(name, countOf(name) + 1);
  say(name, countOf(name));
  if (countOf(name) > 1) return;
  for (const [action, target] of program.get(name) ?? []) {
    if (action === "throw") throw new Error("from " + name);
    actions[action](target);
  }
}

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

const actions = {
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
  exit: () => process.exit(3),
  "set-exit-code": () => (process.exitCode = 4),
};

let dryRounds = 0;
if (program.has("uncaught")) process.on("uncaughtException", (error) => say("uncaught", error.message));
process.on("beforeExit", (code) => {
  say("before-exit", code);
  dryRounds += 1;
  if (dryRounds < 3) call("before-exit-" + dryRounds);
});
process.on("exit", (code) => {
  say("exit", code);
  call("at-exit");
});
process.on("SIGUSR2", () => call(signalled.shift()));
call("main");
