const log = console.log;

const timer = setTimeout(() => log('timer'), 1);
clearTimeout(timer);
clearTimeout(timer);

const interval = setInterval(() => log('interval'), 1);
clearTimeout(interval);                  // either function takes either kind
clearInterval(interval);

const immediate = setImmediate(() => log('immediate'));
clearImmediate(immediate);
clearImmediate(immediate);

let nothing;
clearTimeout(nothing);
clearImmediate(nothing);

const once = setTimeout(() => {
  log('once');
  clearTimeout(once);                    // its call has begun
}, 1);

let calls = 0;
const repeating = setInterval(() => {
  calls += 1;
  log('call', calls);
  if (calls < 2) return;
  clearInterval(repeating);
  clearInterval(repeating);
  setTimeout(() => log('a timer that nobody cancelled'), 5);
}, 5);

log('all cancelled, hasRef', timer.hasRef(), immediate.hasRef());
