const log = console.log;
const busy = ms => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

let round = 0;

function again() {
  round += 1;
  log('round', round);
  if (round === 4) return;
  setTimeout(again, 1);
  setImmediate(() => log('immediate after round', round));
  busy(5);                               // the new timer is due
}

setTimeout(again, 1);
setTimeout(() => log('another timer of round 1'), 1);
busy(5);
