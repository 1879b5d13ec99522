const log = console.log;

const a = setTimeout(() => log('a'), 20);
const b = setTimeout(() => log('b'), 20);
setTimeout(() => log('c'), 20);
a.refresh();
setTimeout(() => log('d'), 20);
b.refresh();

let calls = 0;
const e = setTimeout(() => {
  calls += 1;
  log('e, call', calls);
  if (calls < 3) e.refresh();
}, 20);

const f = setTimeout(() => log('f'), 20);
clearTimeout(f);
f.refresh();
