process.env.UV_THREADPOOL_SIZE = '1';    // one after the other
const fs = require('fs');
const log = console.log;
const busy = ms => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};
const stat = () => new Promise(resolve => fs.stat('.', resolve));

async function task(name) {
  await stat();
  log(name, 'continues');
  process.nextTick(() => log('tick of', name));
  await null;
  log(name, 'after a turn');
}

Promise.resolve().then(() => task('task 1'));
Promise.resolve().then(() => fs.stat('.', () => {
  log('callback');
  process.nextTick(() => log('tick of the callback'));
  setImmediate(() => log('immediate of the callback'));
}));
Promise.resolve().then(() => task('task 2'));
queueMicrotask(() => busy(20));          // all three are complete when the loop polls
