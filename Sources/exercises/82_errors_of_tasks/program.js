// What an async function throws is reported when nothing else is queued.
const log = console.log;

process.on('uncaughtException', (error) => {
  log('uncaught', error.message);
  process.nextTick(() => log('tick of the handler'));
});

setImmediate(() => {
  queueMicrotask(async () => {
    log('a begins');
    await null;
    log('a throws');
    throw new Error('from a');
  });
  queueMicrotask(async () => {
    log('b throws');
    throw new Error('from b');
  });
  queueMicrotask(() => {
    log('microtask');
    queueMicrotask(() => log('microtask of a microtask'));
    process.nextTick(() => log('tick of a microtask'));
  });
  queueMicrotask(() => {
    throw new Error('from a microtask');
  });
});
setImmediate(() => log('second immediate'));
