// A client of the live events made of Node's `ws`: prints each message as a line, until it has seen `count` of them.
// Usage: node node_live.js URL COUNT [SUBPROTOCOL…]
"use strict";
const WebSocket = require("ws");

const [url, count, ...subprotocols] = process.argv.slice(2);
const socket = new WebSocket(url, subprotocols);
let seen = 0;
socket.on("open", () => console.log(JSON.stringify({ open: socket.protocol })));
socket.on("message", (data, isBinary) => {
  console.log(isBinary ? "binary" : data.toString());
  seen += 1;
  if (seen === Number(count)) socket.close(1000);
});
socket.on("close", (code) => console.log(JSON.stringify({ close: code })));
socket.on("error", (error) => console.log(JSON.stringify({ error: error.message })));
