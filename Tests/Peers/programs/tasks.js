// What a task does, and what it awaits: see tasks.py.
"use strict";
const crypto = require("crypto");
const dns = require("dns");
const fs = require("fs");
const { setImmediate: check, setTimeout: sleep } = require("timers/promises");
const { promisify } = require("util");

const stat = promisify(fs.stat);
const key = promisify(crypto.pbkdf2);

module.exports = ({ begin, letTimePass, take }) => {
  // As after a timeout: when the loop looks next, it has come.
  const passing = (milliseconds) => queueMicrotask(() => letTimePass(milliseconds));

  const waits = {
    turn: () => null,
    check: () => check(),
    timeout: () => (passing(3), sleep(1)),
    number: () => dns.promises.lookup("127.0.0.1"),
    stat: () => (passing(50), stat("/")),
    job: () => (passing(50), key("password", "salt", 1, 8, "sha512")),
  };

  async function run(name) {
    for (const [word, target] of begin(name)) {
      if (word === "await") await waits[target]();
      else take([word, target], name);
    }
  }

  return { task: (target) => queueMicrotask(() => run(target)) };
};
