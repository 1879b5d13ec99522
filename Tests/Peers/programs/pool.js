// What the words of the thread pool do: see pool.py.
"use strict";
const crypto = require("crypto");
const dns = require("dns");

module.exports = ({ call, letTimePass }) => ({
  job: (target) => {
    crypto.pbkdf2("password", "salt", 1, 8, "sha512", () => call(target));
    letTimePass(50);
  },
  "long-job": (target) => crypto.pbkdf2("password", "salt", 500_000, 8, "sha512", () => call(target)),
  name: (target) => {
    dns.lookup("localhost", () => call(target));
    letTimePass(50);
  },
  number: (target) => dns.lookup("127.0.0.1", () => call(target)),
});
