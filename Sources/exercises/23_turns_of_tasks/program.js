const log = console.log;

async function walk(name, steps) {
  for (let step = 1; step <= steps; step += 1) {
    log(name, step);
    await null;
  }
  log(name, 'done');
}

Promise.resolve().then(() => walk('long', 3));
Promise.resolve().then(() => walk('short', 1));
queueMicrotask(() => {
  log('microtask');
  process.nextTick(() => log('tick of the microtask'));
});
process.nextTick(() => log('tick of main'));
setImmediate(() => log('immediate'));
log('main');
