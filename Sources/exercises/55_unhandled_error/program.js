const log = console.log;

process.on('beforeExit', () => log('beforeExit'));
process.on('exit', code => {
  log('exit', code);
  process.nextTick(() => log('tick of exit'));
  queueMicrotask(() => log('microtask of exit'));
});

setImmediate(() => {
  process.nextTick(() => log('tick'));
  queueMicrotask(() => log('microtask'));
  setTimeout(() => log('timer'), 1);
  log('about to throw');
  throw new Error('nobody handles this');
});
setImmediate(() => log('next immediate'));
