// What Node's https finds: `node node_https.js URL SCENARIO [CERTIFICATE KEY]` ends with 0 if the server agrees with it.
// The authority that it trusts is named by NODE_EXTRA_CA_CERTS.
'use strict';
const assert = require('node:assert');
const { once } = require('node:events');
const fs = require('node:fs');
const https = require('node:https');
const { buffer } = require('node:stream/consumers');
const tls = require('node:tls');

const [url, name, certificate, key] = process.argv.slice(2);
const shown = certificate ? { cert: fs.readFileSync(certificate), key: fs.readFileSync(key) } : {};

// What is known of the connection is told with the answer: Node forgets it when that has ended.
async function get(options = {}) {
  const request = https.get(url, { ...shown, ...options });
  const [response] = await once(request, 'response');
  const { socket } = response;
  const known = {
    status: response.statusCode, port: socket.localPort, isResumed: socket.isSessionReused(), version: socket.getProtocol(),
    protocol: socket.alpnProtocol,
  };
  await buffer(response);
  return known;
}

async function failure(options = {}) {
  return get(options).then((answer) => assert.fail(`answered ${answer.status}`), (error) => error.code);
}

const scenarios = {
  async 'keep-alive'() {
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
    const answers = [];
    for (let index = 0; index < 20; index += 1) answers.push(await get({ agent, ALPNProtocols: ['h2', 'http/1.1'] }));
    assert.strictEqual(new Set(answers.map((answer) => answer.port)).size, 1, 'twenty requests, one connection');
    assert.deepStrictEqual({ ...answers[0], port: 0 }, {
      status: 200, port: 0, isResumed: false, version: 'TLSv1.3', protocol: 'http/1.1',
    });
    agent.destroy();
  },

  // An agent keeps sessions, and hands each new connection the last one.
  async 'sessions'() {
    for (const version of ['TLSv1.2', 'TLSv1.3']) {
      const agent = new https.Agent({ keepAlive: false, minVersion: version, maxVersion: version });
      const answers = [];
      for (let index = 0; index < 5; index += 1) answers.push(await get({ agent }));
      assert.deepStrictEqual(answers.map((answer) => answer.isResumed), [false, true, true, true, true], version);
      assert.strictEqual(new Set(answers.map((answer) => answer.port)).size, 5);
      assert.ok(answers.every((answer) => answer.status === 200 && answer.version === version));
    }
  },

  async 'many at once'() {
    const agent = new https.Agent({ keepAlive: true, maxSockets: 50 });
    const answers = await Promise.all(Array.from({ length: 500 }, () => get({ agent })));
    assert.ok(answers.every((answer) => answer.status === 200));
    assert.ok(new Set(answers.map((answer) => answer.port)).size <= 50);
    agent.destroy();
  },

  async 'names'() {
    assert.strictEqual((await get({ servername: 'localhost' })).status, 200);
    assert.strictEqual(await failure({ servername: 'elsewhere.example', agent: false }), 'ERR_TLS_CERT_ALTNAME_INVALID');
    assert.strictEqual(await failure({ ca: [], agent: false }), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  },

  // Each of them leaves at another stage.
  async 'leaving'() {
    const { hostname: host, port } = new URL(url);
    for (let index = 0; index < 50; index += 1) {
      const socket = tls.connect({ host, port: Number(port), ...shown });
      socket.on('error', () => {});
      if (index % 3 === 1) await once(socket, 'connect').catch(() => {});
      if (index % 3 === 2) await once(socket, 'secureConnect');
      socket.destroy();
    }
    assert.strictEqual((await get({ agent: false })).status, 200);
  },

  // An end of one side: `end` says it, and what was asked before is answered.
  async 'half-close'() {
    const { hostname: host, port } = new URL(url);
    const socket = tls.connect({ host, port: Number(port), allowHalfOpen: true, ...shown });
    await once(socket, 'secureConnect');
    socket.end('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
    assert.match((await buffer(socket)).toString(), /^HTTP\/1\.1 200 OK\r\n/);
  },

  // Shown in the first handshake, and kept in its session.
  async 'known by a certificate'() {
    const agent = new https.Agent({ keepAlive: false });
    assert.deepStrictEqual([await get({ agent }), await get({ agent })].map(({ status, isResumed }) => [status, isResumed]),
      [[200, false], [200, true]]);
  },

  // In TLS 1.3 the client has finished before the server looks at what it shows.
  async 'not known'() {
    for (const version of ['TLSv1.2', 'TLSv1.3']) {
      const code = await failure({ agent: false, minVersion: version, maxVersion: version });
      assert.match(code, /^ERR_SSL_.*ALERT|^EPROTO$|^ECONNRESET$|^EPIPE$/, version);
    }
  },
};

const timer = setTimeout(() => assert.fail('no end within 25 s'), 25_000);
scenarios[name]().then(() => clearTimeout(timer));
