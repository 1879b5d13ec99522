const fs = require('fs');
const http = require('http');
const net = require('net');

class TaskError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

function handle(request, response) {
  if (request.url === '/broken') throw new Error('a bug');
  throw new TaskError(404, 'TASK_NOT_FOUND', `There is no ${request.url}.`);
}

// A known error is answered as it is. Of any other one the client learns only that it happened.
function answer(error, response) {
  const known = error instanceof TaskError ? error : new TaskError(500, 'INTERNAL_ERROR', 'Something broke.');
  if (known !== error) console.log(`log: ${error.message}`);
  response.statusCode = known.status;
  response.end(`{"error":{"code":"${known.code}","message":"${known.message}"}}`);
}

const server = http.createServer((request, response) => {
  try {
    handle(request, response);
  } catch (error) {
    answer(error, response);
  }
});

function ask(request, then) {
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.write(`${request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  let text = '';
  socket.on('data', bytes => { text += bytes; });
  socket.on('close', () => {
    const lines = text.split('\r\n');
    console.log(`${request}: ${lines[0]}, ${lines.at(-1)}`);
    then();
  });
}

process.on('uncaughtException', error => console.log(`uncaughtException: ${error.message}`));

function readNothing() {
  fs.readFile('/no/such/file', error => {
    console.log(`readFile: ${error.code}`);
    connectToNobody();
  });
}

function connectToNobody() {
  net.connect(1, '127.0.0.1').on('error', error => {
    console.log(`connect: ${error.code}`);
    askForErrors();
  });
}

function askForErrors() {
  ask('GET /tasks/7', () => ask('GET /broken', throwLate));
}

function throwLate() {
  setTimeout(() => { throw new Error('nobody is there to catch this'); }, 1);
  setTimeout(() => ask('GET /tasks/8', () => server.close()), 20);
}

server.listen(0, '127.0.0.1', readNothing);
