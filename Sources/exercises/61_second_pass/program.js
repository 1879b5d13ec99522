const log = console.log;
const busy = ms => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

function first() {
  log('A');
  setTimeout(() => log('B, armed by A'), 1);
  setImmediate(() => {
    log('immediate of A');
    setTimeout(second, 1);
  });
  process.nextTick(() => {
    log('tick of A: arms no timer');
    busy(5);                             // B is due
  });
}

function second() {
  log('C');
  setTimeout(() => log('D, armed by C'), 1);
  setImmediate(() => log('immediate of C'));
  process.nextTick(() => {
    log('tick of C: arms a timer');
    busy(5);                             // D is due
    setTimeout(() => log('E, armed by the tick of C'), 50);
  });
}

setTimeout(first, 1);
