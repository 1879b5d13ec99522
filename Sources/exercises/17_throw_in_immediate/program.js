const log = console.log;

process.on('uncaughtException', error => log('uncaughtException', error.message));

setImmediate(() => {
  log('A');
  process.nextTick(() => log('tick of A'));
  queueMicrotask(() => log('microtask of A'));
  setImmediate(() => log('immediate queued by A'));
  throw new Error('from A');
});
setImmediate(() => {
  log('B');
  process.nextTick(() => log('tick of B'));
});
setImmediate(() => log('C'));
