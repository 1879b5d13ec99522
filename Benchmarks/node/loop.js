// What the parts of Node's event loop cost, in nanoseconds of processor time: a line "what, tab, nanoseconds" each.
'use strict';

const quick = process.argv.includes('--quick');
const many = quick ? 200_000 : 1_000_000;

async function measure(what, count, work) {
  // Twice: the first time compiles.
  for (const isLast of [false, true]) {
    const before = process.cpuUsage();
    await new Promise(work);
    const used = process.cpuUsage(before);
    if (isLast) console.log(`${what}\t${((used.user + used.system) * 1000) / count}`);
  }
}

function chain(schedule, count) {
  return (done) => {
    let left = count;
    (function next() {
      if (--left === 0) done();
      else schedule(next);
    })();
  };
}

// Turns of the loop with a thousand immediates each.
function batches(turns) {
  return (done) => {
    let left = turns;
    (function turn() {
      if (left-- === 0) return done();
      for (let i = 1; i < 1000; i++) setImmediate(() => {});
      setImmediate(turn);
    })();
  };
}

// Arms and cancels timeouts of a duration in use.
function armAndCancel(count) {
  return (done) => {
    for (let i = 0; i < count; i++) clearTimeout(setTimeout(() => {}, 60_000 + (i % 100)));
    done();
  };
}

// Arms timeouts a thousand at a time and lets them fire.
function armAndFire(count) {
  return (done) => {
    let left = count / 1000;
    (function round() {
      if (left-- === 0) return done();
      for (let i = 1; i < 1000; i++) setTimeout(() => {}, 1);
      setTimeout(round, 1);
    })();
  };
}

async function withArmed(count, work) {
  const armed = Array.from({ length: count }, (_, i) => setTimeout(() => {}, 60_000 + (i % 100)));
  await work();
  armed.forEach(clearTimeout);
}

(async () => {
  await measure('nextTick', many, chain(process.nextTick, many));
  await measure('queueMicrotask', many, chain(queueMicrotask, many));
  await measure('setImmediate, 1,000 a turn', many, batches(many / 1000));
  await measure('setImmediate, one a turn', many / 10, chain(setImmediate, many / 10));
  for (const [armed, label] of [[100, '100'], [100_000, '100,000']]) {
    await withArmed(armed, async () => {
      await measure(`timeout armed and cancelled, ${label} armed`, many, armAndCancel(many));
      await measure(`timeout armed and fired, ${label} armed`, many / 10, armAndFire(many / 10));
    });
  }
  await measure('await resumed', many, async (done) => {
    for (let i = 0; i < many; i++) await null;
    done();
  });
})();
