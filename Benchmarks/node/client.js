// What a request of Node's http.Agent costs: node client.js URL COUNT CONNECTIONS LENGTH. See Benchmarks/client.
'use strict';
const http = require('node:http');

const [url, count, connections, length] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
const warmUp = Math.floor(count / 10);
const total = count + warmUp;
let begun = 0, ended = 0, begin;

function now() {
  const { user, system } = process.cpuUsage();
  return { processor: user + system, clock: performance.now() / 1000 };
}

function ask() {
  if (begun === total) return;
  begun += 1;
  http.get(url, { agent }, response => {
    if (response.statusCode !== 200) throw new Error('not 200');
    let received = 0;
    response.on('data', bytes => { received += bytes.length; });
    response.on('end', () => {
      if (received !== length) throw new Error(`${received} bytes of content in place of ${length}`);
      didEnd();
    });
  });
}

function didEnd() {
  ended += 1;
  if (ended === warmUp) begin = now();
  if (ended === total) {
    const end = now();
    console.log(`${(end.processor - begin.processor) / (total - warmUp)}\t${end.clock - begin.clock}`);
    agent.destroy();
  }
  ask();
}

for (let index = 0; index < connections; index++) ask();
