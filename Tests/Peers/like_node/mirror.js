#!/usr/bin/env node
// Answers each request with what Node has read of it, as Tests/HTTPMirror does on our server.
// Usage: mirror.js --port PORT
'use strict';
const http = require('node:http');

const STATUSES = { HPE_HEADER_OVERFLOW: 431, HPE_CHUNK_EXTENSIONS_OVERFLOW: 413 };

const pairs = (flat) => Array.from({ length: flat.length / 2 }, (_, index) => flat.slice(2 * index, 2 * index + 2));

const reading = (request, pieces, isTunnel = false) => JSON.stringify({
  method: request.method, url: request.url, version: request.httpVersion, fields: pairs(request.rawHeaders),
  body: Buffer.concat(pieces).toString('latin1'), trailers: pairs(request.rawTrailers), isTunnel,
});

function answer(request, response) {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => send(reading(request, pieces), request, response));
}

function send(json, request, response) {
  if (request.method === 'HEAD') response.setHeader('Reading', Buffer.from(json).toString('base64'));
  // Said here, because a connection of HTTP/1.0 is kept for answers of a known length alone.
  response.setHeader('Content-Length', Buffer.byteLength(json));
  response.end(json);
}

// Does not wait for the body, as the server itself would not.
function refuseExpectation(request, response) {
  response.statusCode = 417;
  send(reading(request, []), request, response);
}

// What a tunnel carries comes back when the client has ended its side, so that it does not matter how it came.
function answerTunnel(request, socket, head) {
  const pieces = [head];
  socket.on('error', () => {});
  socket.on('data', (piece) => pieces.push(piece));
  socket.on('end', () => socket.end(reading(request, pieces, true)));
}

// In an immediate: what came before is answered first.
const refused = new WeakSet();
function refuse(error, socket) {
  if (refused.has(socket)) return;
  refused.add(socket);
  setImmediate(() => {
    if (!socket.writable) return;
    const status = STATUSES[error.code] ?? 400;
    socket.end(`HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\nConnection: close\r\nReason: ${error.code}\r\n\r\n`);
  });
}

const { values } = require('node:util').parseArgs({ options: { port: { type: 'string' } } });
// No connection is closed for the time that the other server takes.
http.createServer({ keepAliveTimeout: 0 }, answer)
  .on('checkExpectation', refuseExpectation)
  .on('clientError', refuse)
  .on('connect', answerTunnel)
  .on('upgrade', answerTunnel)
  .listen(Number(values.port), '127.0.0.1');
