const log = console.log;

setTimeout(() => {
  const begin = performance.now();
  setImmediate(() => {
    log('unref immediate, kept waiting:', performance.now() - begin > 100);
  }).unref();
  setTimeout(() => {
    log('the timer that woke the loop');
    referenced();
  }, 200);
}, 1);

function referenced() {
  const begin = performance.now();
  setImmediate(() => {
    log('ref immediate, kept waiting:', performance.now() - begin > 100);
  });
  setTimeout(() => log('a timer that nobody waited for'), 200);
}
