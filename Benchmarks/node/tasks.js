'use strict';
// Asks two servers, one with few tasks and one with many, for the same changes in turns, and prints what each costs
// the server, as the kernel counts it: "create 31.20 32.05 1.03", microseconds a request and their ratio. Then it puts
// as many tasks as the larger one has into a third server, each needing the one before, and has them ordered.
// Usage: node tasks.js ROUNDS PORT:PID:TASKS PORT:PID:TASKS PORT:PID:TASKS

const fs = require('node:fs');
const net = require('node:net');
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');

const AUTHORIZATION = 'Authorization: Bearer secret-admin-123';
const BATCH = 200; // Requests of a kind in a round, pipelined.

const serverOf = (text) => {
  const [port, pid, tasks] = text.split(':').map(Number);
  return { port, pid, tasks, ids: [], costs: {} };
};
const rounds = Number(process.argv[2]);
const [few, many, chain] = process.argv.slice(3).map(serverOf);

const request = (method, path, body) => {
  const text = body ? JSON.stringify(body) : '';
  return `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${AUTHORIZATION}\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
};

// A server closes a connection that was quiet while another server was asked.
const connect = (server) => new Promise((resolve, reject) => {
  server.socket = net.connect(server.port, '127.0.0.1', resolve).on('error', reject);
});

// Sends the requests at once; gives the bodies of as many answers, which all must have the status.
const ask = async (server, status, requests) => {
  if (!server.socket || server.socket.destroyed) await connect(server);
  return answers(server, status, requests);
};

const answers = (server, status, requests) => new Promise((resolve, reject) => {
  let rest = Buffer.alloc(0);
  const bodies = [];
  const take = (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (let end; (end = rest.indexOf('\r\n\r\n')) >= 0;) {
      const head = rest.toString('latin1', 0, end);
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      if (rest.length < end + 4 + length) return;
      if (!head.startsWith(`HTTP/1.1 ${status} `)) return reject(new Error(head));
      bodies.push(rest.toString('utf8', end + 4, end + 4 + length));
      rest = rest.subarray(end + 4 + length);
    }
    if (bodies.length < requests.length) return;
    server.socket.off('data', take);
    resolve(bodies);
  };
  server.socket.on('data', take);
  server.socket.write(requests.join(''));
});

const processorTime = (server) => Number(fs.readFileSync(`/proc/${server.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e3;

const measure = async (server, name, status, requests) => {
  const before = processorTime(server);
  const bodies = await ask(server, status, requests);
  (server.costs[name] ??= []).push((processorTime(server) - before) / requests.length);
  return bodies;
};

const times = (make) => Array.from({ length: BATCH }, make);
const any = (limit) => Math.floor(Math.random() * limit);
const newTask = () => request('POST', '/tasks', { title: 'One of many tasks', priority: any(1e6) });
const remember = (server, bodies) => server.ids.push(...bodies.map((body) => JSON.parse(body).id));

const takeAny = (ids) => {
  const index = any(ids.length);
  [ids[index], ids[ids.length - 1]] = [ids.at(-1), ids[index]];
  return ids.pop();
};

const round = async (server) => {
  await measure(server, 'read', 200, times(() => request('GET', `/tasks/${server.ids[any(server.ids.length)]}`)));
  await measure(server, 'list', 200, times(() => request('GET', '/tasks?limit=20')));
  await measure(server, 'next', 200, times(() => request('GET', '/tasks/next')));
  await measure(server, 'priority', 200, times(() =>
    request('PATCH', `/tasks/${server.ids[any(server.ids.length)]}`, { priority: any(1e6) })));
  await measure(server, 'delete', 204, times(() => request('DELETE', `/tasks/${takeAny(server.ids)}`)));
  remember(server, await measure(server, 'create', 201, times(newTask)));
};

const fill = async (server) => {
  while (server.ids.length < server.tasks) remember(server, await ask(server, 201, times(newTask)));
};

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const compare = (name) => {
  const ratios = few.costs[name].map((cost, index) => many.costs[name][index] / cost);
  const numbers = [median(few.costs[name]), median(many.costs[name]), median(ratios)];
  console.log(name, ...numbers.map((number) => number.toFixed(2)));
};

// A body that may be chunked, so by the client that Node itself has.
const get = async (server, path) => {
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers: { Authorization: AUTHORIZATION.slice(15) } });
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
  return answer;
};

// Asks for /health, again and again until it is told to stop, and says how long the longest answer took. It does so in a
// thread of its own, which no long answer that this program reads keeps busy.
const askForHealth = async (server) => {
  let isDone = false, longest = 0;
  parentPort.once('message', () => { isDone = true; });
  while (!isDone) {
    const start = performance.now();
    await ask(server, 200, [request('GET', '/health')]);
    longest = Math.max(longest, performance.now() - start);
    await new Promise(setImmediate);
  }
  server.socket.destroy();
  parentPort.postMessage(longest);
};

const message = (worker) => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));

// The chain, and how long others wait for their answers while it is ordered.
const resolveChain = async (server) => {
  // An id is known when the answer is there, so each waits for the one before; the last is what needs all.
  for (let last; server.ids.length < server.tasks;) {
    const dependencies = last ? [last] : [];
    const [body] = await ask(server, 201, [request('POST', '/tasks', { title: 'a link', priority: any(1e6), dependencies })]);
    last = JSON.parse(body).id;
    server.ids.push(last);
  }
  const before = processorTime(server);
  const others = new Worker(__filename, { workerData: server.port });
  const { orderedTaskIds } = await (await get(server, '/tasks/resolve')).json();
  others.postMessage('stop');
  const longest = await message(others);
  if (orderedTaskIds.join() !== server.ids.join()) throw new Error('the chain came back in another order');
  console.log('chain', ((processorTime(server) - before) / 1e3).toFixed(0), longest.toFixed(0));
};

const main = async () => {
  await fill(few);
  await fill(many);
  // Until the log of both is full: from then on an event takes the place of another.
  for (let number = 0; number < 30; number++) await round(few).then(() => round(many));
  few.costs = {};
  many.costs = {};
  for (let number = 0; number < rounds; number++) await round(few).then(() => round(many));
  for (const name of ['create', 'read', 'list', 'next', 'priority', 'delete']) compare(name);
  await resolveChain(chain);
  for (const server of [few, many, chain]) server.socket?.destroy();
};

(isMainThread ? main() : askForHealth(serverOf(`${workerData}:0:0`))).catch((error) => {
  console.error(`tasks.js: ${error.message}`);
  process.exit(1);
});
