const log = console.log;

setTimeout(() => {
  log('first timer');
  setImmediate(() => log('unref immediate of the first timer')).unref();
  setTimeout(last, 20);
}, 1);

function last() {
  log('last timer');
  setImmediate(() => log('unref immediate of the last timer')).unref();
}

process.on('exit', () => log('exit'));
