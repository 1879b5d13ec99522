const log = console.log;
const busy = ms => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

let b, c, d, f;

setTimeout(() => {
  log('A cancels B');
  clearTimeout(b);
  process.nextTick(() => {
    log('a tick of A cancels C');
    clearTimeout(c);
  });
  queueMicrotask(() => {
    log('a microtask of A cancels D');
    clearTimeout(d);
  });
}, 1);
b = setTimeout(() => log('B'), 1);
c = setTimeout(() => log('C'), 1);
d = setTimeout(() => log('D'), 1);
setTimeout(() => {
  log('E cancels F, which has another delay');
  clearTimeout(f);
}, 1);
f = setTimeout(() => log('F'), 2);
setTimeout(() => log('G'), 2);
busy(10);                                // all are due
