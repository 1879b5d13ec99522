// What Node's own http client finds: `node node_http.js URL SCENARIO` ends with 0 if the echo server agrees with it.
'use strict';
const assert = require('node:assert');
const { randomBytes } = require('node:crypto');
const { once } = require('node:events');
const { buffer } = require('node:stream/consumers');

const { hostname: host, port, protocol } = new URL(process.argv[2]);
const [http, net] = protocol === 'https:'
  ? [require('node:https'), require('node:tls')] : [require('node:http'), require('node:net')];
const to = (method, options = {}) => ({ host, port, method, path: '/', ...options });

// Resolves to the answer and its whole body; `feed` writes the request's body and ends it.
async function exchange(options, feed = (request) => request.end()) {
  const request = http.request(options);
  feed(request);
  const [response] = await once(request, 'response');
  return { response, body: await buffer(response), localPort: request.socket?.localPort ?? response.socket?.localPort };
}

const scenarios = {
  async 'keep-alive'() {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set();
    for (let index = 0; index < 10; index += 1) {
      const body = randomBytes(index * 1000);
      const request = http.request(to('POST', { agent, headers: { 'Content-Length': body.length } }));
      request.end(body);
      const [response] = await once(request, 'response');
      ports.add(request.socket.localPort);
      assert.match(response.headers['keep-alive'], /timeout=5/);
      assert.deepStrictEqual(await buffer(response), body);
      assert.strictEqual(request.reusedSocket, index > 0);
    }
    assert.strictEqual(ports.size, 1, 'ten requests, one connection');
    agent.destroy();
  },

  // Node's client does not pipeline, but its parser reads the answers: one a request, in order.
  async pipelined() {
    const socket = net.connect(Number(port), host);
    const bodies = Array.from({ length: 20 }, (_, index) => `body ${index};`);
    for (const body of bodies) {
      socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    }
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    const answers = (await buffer(socket)).toString('latin1');
    assert.strictEqual(answers.match(/HTTP\/1\.1 200 OK\r\n/g).length, bodies.length + 1);
    const places = bodies.map((body) => answers.indexOf(body));
    assert.ok(places.every((place, index) => place > (places[index - 1] ?? 0)), 'every body, in order');
  },

  async 'chunked both ways'() {
    const pieces = Array.from({ length: 50 }, () => randomBytes(4000));
    const { response, body } = await exchange(to('PUT'), async (request) => {
      for (const piece of pieces) if (!request.write(piece)) await once(request, 'drain');
      request.end();
    });
    assert.strictEqual(response.statusCode, 200);
    assert.strictEqual(response.headers['transfer-encoding'], 'chunked', 'a body of unknown length goes back as one');
    assert.deepStrictEqual(body, Buffer.concat(pieces));
  },

  async 'abort in the middle'() {
    for (const piece of [Buffer.alloc(0), randomBytes(1), randomBytes(300_000)]) {
      const request = http.request(to('POST', { headers: { 'Content-Length': 1_000_000 } }));
      request.on('error', () => {});
      request.on('response', (response) => response.on('error', () => {}).resume());
      request.flushHeaders();
      if (piece.length > 0) await new Promise((written) => request.write(piece, written));
      else await once(request, 'socket');
      const closed = new Promise((resolve) => request.once('close', resolve)); // `once` would reject on the error.
      request.destroy();
      await closed;
      assert.strictEqual((await exchange(to('GET'))).body.toString(), 'OK', 'the server serves the next client');
    }
    // The other half: the client that goes away while it is being answered.
    const request = http.request(to('POST', { headers: { 'Content-Length': 1_000_000 } }));
    request.on('error', () => {});
    request.write(randomBytes(500_000));
    const [response] = await once(request, 'response');
    response.on('error', () => {}).destroy();
    assert.strictEqual((await exchange(to('GET'))).body.toString(), 'OK');
  },

  async '100-continue'() {
    const body = randomBytes(100_000);
    let mayContinue = false;
    const headers = { Expect: '100-continue', 'Content-Length': body.length };
    const answer = await exchange(to('POST', { headers }), (request) => {
      request.on('continue', () => {
        mayContinue = true;
        request.end(body);
      });
      request.flushHeaders();
    });
    assert.ok(mayContinue, 'the body was asked for before it was sent');
    assert.deepStrictEqual(answer.body, body);

    const refused = await exchange(to('POST', { headers: { Expect: 'a miracle', 'Content-Length': 0 } }));
    assert.strictEqual(refused.response.statusCode, 417);
  },

  async 'many at once'() {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 20 });
    await Promise.all(Array.from({ length: 200 }, async (_, index) => {
      const body = randomBytes(index * 100);
      const answer = await exchange(to('POST', { agent }), (request) => request.end(body));
      assert.deepStrictEqual(answer.body, body);
    }));
    agent.destroy();
  },

  // The server stops reading from a client that stops reading; both go on when the client does.
  async 'answer read slowly'() {
    const body = randomBytes(1_000_000);
    const request = http.request(to('POST'));
    request.end(body);
    const [response] = await once(request, 'response');
    let received = 0;
    for await (const piece of response) {
      assert.ok(piece.equals(body.subarray(received, received + piece.length)));
      received += piece.length;
      await new Promise((turn) => setTimeout(turn, 1));
    }
    assert.strictEqual(received, body.length);
  },
};

const timer = setTimeout(() => assert.fail('no end within 25 s'), 25_000);
scenarios[process.argv[3]]().then(() => clearTimeout(timer));
