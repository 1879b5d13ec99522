// Each await is one turn of the microtask queue, whatever is awaited.
const { setImmediate: check, setTimeout: sleep } = require('timers/promises');
const dns = require('dns');
const log = console.log;

const chain = (turn) => {
  log('  turn', turn);
  if (turn < 4) return queueMicrotask(() => chain(turn + 1));
  const end = Date.now() + 10; while (Date.now() < end);
};

queueMicrotask(async () => {
  log('begins');
  await null;
  log('after null');
  await null;
  log('after null again');
  await dns.promises.lookup('127.0.0.1');
  log('after the lookup of a number');

  await sleep(1);
  log('after sleep');
  await check();
  log('after check');
});
queueMicrotask(() => chain(0));

setTimeout(() => {
  log('timer');
  setImmediate(() => log('immediate'));
}, 1);
