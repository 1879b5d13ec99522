const crypto = require('crypto');
const http = require('http');

const TEXT = 1;
const CLOSE = 8;

// A server that can compute the answer to a key speaks the protocol.
function acceptKey(key) {
  return crypto.createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

// Two bytes of head, then the text, which is shorter than 126 bytes here. A client masks what it sends.
function encode(opcode, text, mask) {
  const bytes = Buffer.from(text);
  if (!mask) return Buffer.concat([Buffer.from([0x80 | opcode, bytes.length]), bytes]);
  const masked = bytes.map((byte, index) => byte ^ mask[index % 4]);
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | bytes.length]), mask, masked]);
}

// Calls back with each whole frame; what has arrived of the next one waits.
function decode(socket, onFrame) {
  let waiting = Buffer.alloc(0);
  socket.on('data', bytes => {
    waiting = Buffer.concat([waiting, bytes]);
    while (waiting.length >= 2) {
      const isMasked = waiting[1] >= 0x80;
      const start = isMasked ? 6 : 2;
      const end = start + (waiting[1] & 0x7f);
      if (waiting.length < end) return;
      const mask = isMasked ? waiting.subarray(2, 6) : [0, 0, 0, 0];
      const payload = waiting.subarray(start, end).map((byte, index) => byte ^ mask[index % 4]);
      onFrame(waiting[0] & 0x0f, payload.toString());
      waiting = waiting.subarray(end);
    }
  });
}

const rooms = new Map();

// A set has each member once, whatever number of the rooms it is in.
function broadcast(message, names) {
  const members = new Set(names.flatMap(name => [...rooms.get(name) ?? []]));
  for (const socket of members) socket.write(encode(TEXT, message));
}

const server = http.createServer((request, response) => response.end('This is HTTP.'));
server.on('upgrade', (request, socket) => {
  socket.write([
    'HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${acceptKey(request.headers['sec-websocket-key'])}`, '', '',
  ].join('\r\n'));
  decode(socket, (opcode, text) => {
    if (opcode === CLOSE) return socket.end(encode(CLOSE, ''));
    const names = text.split(' ');
    for (const name of names) rooms.set(name, (rooms.get(name) ?? new Set()).add(socket));
    socket.write(encode(TEXT, `joined ${names.join(' and ')}`));
  });
});

function connect(names, onMessage, onClose) {
  const key = crypto.randomBytes(16).toString('base64');
  const request = http.get({ port: server.address().port, host: '127.0.0.1', path: '/ws/tasks', headers: {
    Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Key': key, 'Sec-WebSocket-Version': 13,
  } });
  request.on('upgrade', (response, socket) => {
    if (response.headers['sec-websocket-accept'] !== acceptKey(key)) return socket.destroy();
    const send = (opcode, text) => socket.write(encode(opcode, text, crypto.randomBytes(4)));
    decode(socket, (opcode, text) => {
      if (opcode === TEXT) onMessage(text, () => send(CLOSE, ''));
    });
    socket.on('close', onClose);
    send(TEXT, names);
  });
}

console.log(`the key dGhlIHNhbXBsZSBub25jZQ== is answered ${acceptKey('dGhlIHNhbXBsZSBub25jZQ==')}`);

const clients = [['Ann', 'tasks'], ['Bob', 'project-atlas'], ['Cleo', 'tasks project-atlas'], ['Dan', 'project-zeus']];
const heard = [];
let open = 0;

function connectNext() {
  if (open === clients.length) return sendEvents();
  const messages = [];
  heard.push(messages);
  connect(clients[open][1], (text, close) => {
    messages.push(text);
    if (messages.length === 1) connectNext();
    if (text === 'bye') close();
  }, closed);
  open += 1;
}

function sendEvents() {
  broadcast('task 1 of atlas created', ['tasks', 'project-atlas']);
  broadcast('task 2 created', ['tasks']);
  broadcast('task 3 of zeus created', ['tasks', 'project-zeus']);
  broadcast('bye', ['tasks', 'project-atlas', 'project-zeus']);
}

function closed() {
  open -= 1;
  if (open > 0) return;
  clients.forEach(([name], number) => console.log(`${name}: ${heard[number].join(', ')}`));
  server.close();
}

server.listen(0, '127.0.0.1', connectNext);
