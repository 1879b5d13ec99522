// An exit handler may change the code. When it calls exit itself, that is the end.
const log = console.log;

process.on('beforeExit', () => {
  log('beforeExit');
  queueMicrotask(() => log('microtask of beforeExit'));
});
process.on('exit', (code) => {
  log('exit', code);
  process.nextTick(() => log('tick of exit'));
  queueMicrotask(() => log('microtask of exit'));
  process.exit(3);
});
setImmediate(() => log('immediate'));
