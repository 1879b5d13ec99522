// What Node's ws finds: `node node_ws.js URL SCENARIO` ends with 0 if the echo server agrees with it.
'use strict';
const assert = require('node:assert');
const { randomBytes } = require('node:crypto');
const { once } = require('node:events');
const WebSocket = require('ws');

const url = process.argv[2];

async function open(...options) {
  const socket = new WebSocket(url, ...options);
  await once(socket, 'open');
  return socket;
}

async function next(socket) {
  const [data, isBinary] = await once(socket, 'message');
  return isBinary ? data : data.toString();
}

const scenarios = {
  async echo() {
    const socket = await open();
    for (const size of [0, 125, 126, 65535, 65536, 1048576]) {
      const bytes = randomBytes(size);
      socket.send(bytes);
      assert.deepStrictEqual(await next(socket), bytes);
      const text = 'ü'.repeat(size / 2);
      socket.send(text);
      assert.strictEqual(await next(socket), text);
    }
    socket.close();
    await once(socket, 'close');
  },

  async fragments() {
    const socket = await open();
    socket.send('frag', { fin: false });
    socket.ping('between');
    socket.send('', { fin: false });
    socket.send('ments ✓', { fin: true });
    const [[pong], [message]] = await Promise.all([once(socket, 'pong'), once(socket, 'message')]);
    assert.strictEqual(pong.toString(), 'between');
    assert.strictEqual(message.toString(), 'fragments ✓');
    socket.terminate();
  },

  async pings() {
    const socket = await open();
    for (let number = 0; number < 100; number += 1) {
      const payload = randomBytes(number);
      socket.ping(payload);
      const [pong] = await once(socket, 'pong');
      assert.deepStrictEqual(pong, payload);
    }
    // A pong without a ping does no harm.
    socket.pong('unasked');
    socket.send('still here');
    assert.strictEqual(await next(socket), 'still here');
    socket.terminate();
  },

  async closes() {
    for (const [code, reason] of [[1000, ''], [1001, 'leaving'], [3000, 'Grüße'], [4999, 'r'.repeat(123)]]) {
      const socket = await open();
      socket.send('before');
      assert.strictEqual(await next(socket), 'before');
      socket.close(code, reason);
      const [received] = await once(socket, 'close');
      assert.strictEqual(received, code);
    }
    const socket = await open();
    socket.close();
    const [code] = await once(socket, 'close');
    assert.strictEqual(code, 1005, 'no code, and none back');
  },

  async subprotocol() {
    const socket = new WebSocket(url, ['chat', 'superchat']);
    // A server that takes none of what ws offers is an error there; echo speaks none.
    const [error] = await once(socket, 'error');
    assert.match(error.message, /no subprotocol/);
  },

  // 64 MB in messages that are not read for a while, all of them back in order.
  async backpressure() {
    const socket = await open();
    const message = randomBytes(1 << 20);
    let received = 0;
    const done = new Promise((resolve) => {
      socket.on('message', (data) => {
        assert.strictEqual(data.readUInt32BE(0), received);
        received += 1;
        if (received === 64) resolve();
      });
    });
    socket._socket.pause();
    for (let number = 0; number < 64; number += 1) {
      const copy = Buffer.from(message);
      copy.writeUInt32BE(number);
      socket.send(copy);
    }
    setTimeout(() => socket._socket.resume(), 200);
    await done;
    socket.close(1000);
    await once(socket, 'close');
  },

  async refused() {
    const socket = new WebSocket(url, { protocolVersion: 8 });
    const [, response] = await once(socket, 'unexpected-response');
    assert.strictEqual(response.statusCode, 426);
    assert.strictEqual(response.statusMessage, 'Upgrade Required');
    assert.strictEqual(response.headers['sec-websocket-version'], '13');
    assert.strictEqual(response.headers.upgrade, 'websocket');
    socket.on('error', () => {});
    socket.terminate();
  },
};

scenarios[process.argv[3]]().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
