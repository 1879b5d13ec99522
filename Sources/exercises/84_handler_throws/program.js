// A handler of uncaught errors that throws ends the program, and nothing else is called.
const log = console.log;

process.on('uncaughtException', (error) => {
  log('uncaught', error.message);
  process.nextTick(() => log('tick of the handler'));
  throw new Error('from the handler');
});
process.on('beforeExit', () => log('beforeExit'));
process.on('exit', (code) => log('exit', code));

setImmediate(() => {
  process.nextTick(() => log('tick'));
  throw new Error('from an immediate');
});
setImmediate(() => log('second immediate'));
process.exitCode = 3;
