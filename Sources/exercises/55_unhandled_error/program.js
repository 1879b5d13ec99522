// An error that nobody handles ends the program: exit handlers with code 1, and nothing that is queued.
const log = console.log;

process.on('beforeExit', () => log('BUG beforeExit'));
process.on('exit', code => {
  log('exit', code);
  process.nextTick(() => log('BUG tick of exit'));
  queueMicrotask(() => log('BUG microtask of exit'));
});

setImmediate(() => {
  process.nextTick(() => log('BUG tick'));
  queueMicrotask(() => log('BUG microtask'));
  setTimeout(() => log('BUG timer'), 1);
  log('about to throw');
  throw new Error('nobody handles this');
});
setImmediate(() => log('BUG next immediate'));
