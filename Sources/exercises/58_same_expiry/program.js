const log = console.log;
const now = () => process.hrtime.bigint() / 1_000_000n;      // the loop's clock, in whole milliseconds

// Arms a timer in the very millisecond `time`; undefined when the system did not let it.
function arm(time, delay) {
  while (now() < time);
  const timer = setTimeout(() => log(`${delay} ms`), delay);
  if (now() === time) return timer;
  clearTimeout(timer);
}

// All three expire 30 ms after `start`.
function armAll(start) {
  const timers = [
    arm(start, 30),
    arm(start + 20n, 10),
    arm(start + 25n, 5),
    arm(start + 26n, 4),
  ];
  if (timers.every(timer => timer)) return true;
  timers.forEach(clearTimeout);
  return false;
}

while (!armAll(now() + 1n));
log('armed');
