// An unreferenced immediate waits for whatever wakes the loop, also when the loop has only just begun.
const crypto = require('crypto');
const log = console.log;

crypto.pbkdf2('p', 's', 100000, 32, 'sha512', () => log('the job is done'));
setTimeout(() => {
  log('timer');
  setImmediate(() => log('unref immediate')).unref();
}, 1);
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
log('main');
