const log = console.log;
process.on('warning', w => log('warning:', w.name, '|', w.message.split('\n')[0]));
for (const d of [0, 1, -5, 1.9, 7, 2 ** 31 - 1, 2 ** 31]) {
  const t = setTimeout(() => {}, d);
  log(String(d).padEnd(11), '->', t._idleTimeout);
  clearTimeout(t);
}
const order = [];
setTimeout(() => order.push('1.9'), 1.9);
setTimeout(() => order.push('0'), 0);
setTimeout(() => order.push('1'), 1);
setTimeout(() => log('they fire in the order', order.join(' ')), 5);
const e = Date.now() + 20; while (Date.now() < e);
