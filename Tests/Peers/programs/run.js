// Runs a small program of callbacks in Node and prints a line for each call, as Tests/LoopPrograms does on the loop.
// Usage: node run.js PROGRAM
"use strict";
const fs = require("fs");
const makeTurns = require("./turns");

const program = new Map();
for (const line of process.argv[2].split("\n")) {
  const [name, steps] = line.split(":");
  program.set(name, steps.split(",").filter((step) => step.trim()).map((step) => step.trim().split(" ")));
}

let lineCount = 0;
function say(...words) {
  lineCount += 1;
  fs.writeSync(1, words.join(" ") + "\n");
}

const clock = new Int32Array(new SharedArrayBuffer(4));
const letTimePass = (milliseconds) => Atomics.wait(clock, 0, 0, milliseconds);

const calls = new Map();
const countOf = (name) => calls.get(name) ?? 0;

// Says that `name` was called, and returns what it does: the first time what the program has for it, later nothing.
function begin(name) {
  calls.set(name, countOf(name) + 1);
  say(name, countOf(name));
  return countOf(name) > 1 ? [] : program.get(name) ?? [];
}

function take([word, target], name) {
  if (word === "throw") throw new Error("from " + name);
  if (word === "exit") process.exit(3);
  if (word === "set-exit-code") process.exitCode = 4;
  else words[word](target);
}

function call(name) {
  for (const step of begin(name)) take(step, name);
}

// What the words of each kind do with their target. A kind is a file beside this one, which gets the run.
const run = { begin, call, countLines: () => lineCount, countOf, letTimePass, say, take, ...makeTurns() };
const kinds = ["http", "loop", "pool", "sockets", "tasks"];
const words = Object.assign({}, ...kinds.map((kind) => require("./" + kind)(run)));

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
call("main");
