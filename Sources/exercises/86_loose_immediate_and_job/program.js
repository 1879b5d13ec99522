// An unreferenced immediate waits for whatever wakes the loop, also when the loop has only just begun.
const crypto = require('crypto');
const log = console.log;

crypto.pbkdf2('p', 's', 400000, 32, 'sha512', () => log('the job is done'));
setTimeout(() => {
  log('timer');
  setImmediate(() => log('unref immediate')).unref();
}, 1);
const end = Date.now() + 100; while (Date.now() < end);
log('main');
