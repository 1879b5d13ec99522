// The main program fails, and the error is handled. What it has queued is not held up.
const log = console.log;

process.on('uncaughtException', (error) => log('uncaught', error.message));
setTimeout(() => {
  log('timer');
  process.nextTick(() => log('tick of the timer'));
  throw new Error('from the timer');
}, 1);
setTimeout(() => log('second timer'), 1);
setImmediate(() => log('immediate'));
process.nextTick(() => log('tick'));
queueMicrotask(() => log('microtask'));
const end = Date.now() + 10; while (Date.now() < end);
throw new Error('from main');
