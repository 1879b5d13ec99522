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

// How a request is read and answered: `/early/1` says it in its path. Tests/HTTPMirror/Manner.swift explains each.
const mannerOf = (request) => /^\/(early|late|paused|pieces)\//.exec(request.url)?.[1];

function answer(request, response) {
  const manner = mannerOf(request);
  if (manner === 'early') return send(reading(request, []), request, response);
  if (manner === 'paused') {
    request.pause();
    setImmediate(() => request.resume());
  }
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    const json = reading(request, pieces);
    if (manner === 'late') setImmediate(() => send(json, request, response));
    else if (manner === 'pieces') sendInPieces(json, request, response);
    else send(json, request, response);
  });
}

function send(json, request, response) {
  begin(json, request, response);
  // Said here, because a connection of HTTP/1.0 is kept for answers of a known length alone.
  response.setHeader('Content-Length', Buffer.byteLength(json));
  response.end(json);
}

function sendInPieces(json, request, response) {
  begin(json, request, response);
  response.write(json.slice(0, 10));
  setImmediate(() => response.end(json.slice(10)));
}

// The answer's content stands in a field where there is none.
function begin(json, request, response) {
  if (request.method === 'HEAD') response.setHeader('Reading', Buffer.from(json).toString('base64'));
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

const after = (turns, call) => setImmediate(() => (turns > 1 ? after(turns - 1, call) : call()));

// What came before is answered first; no manner takes more turns.
const refused = new WeakSet();
function refuse(error, socket) {
  if (refused.has(socket)) return;
  refused.add(socket);
  after(3, () => {
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
