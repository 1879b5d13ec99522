const net = require('net');
const log = console.log;

const first = net.createServer();
const state = server => `${server.listening} ${server.address() === null}`;

process.nextTick(() => log('tick before', state(first)));
first.listen(0, '127.0.0.1', () => {
  log('callback', state(first));
  const second = net.createServer();
  second.on('error', error => {
    log('error', error.code, state(second));
    second.close(error => log('second closed, error:', error !== undefined));
    first.close(error => log('first closed, error:', error !== undefined));
  });
  second.listen(first.address().port, '127.0.0.1', () => log('never'));
  log('second returned', state(second));
  process.nextTick(() => {
    log('tick', state(second));
    process.nextTick(() => log('its tick'));
  });
});
log('first returned', state(first));
process.nextTick(() => log('tick behind', state(first)));

const third = net.createServer();
third.listen(0, '127.0.0.1', () => log('never'));
third.close(error => log('third closed, error:', error !== undefined));
