const net = require('net');
const { pipeline } = require('stream');
const log = console.log;

let received = () => {};
const target = net.createServer({ allowHalfOpen: true }, socket => {
  let text = '';
  socket.on('data', bytes => {
    text += bytes;
    received();
  });
  socket.on('end', () => socket.end(text.toUpperCase()));
  socket.on('error', () => {});
});
const relay = net.createServer({ allowHalfOpen: true }, socket => {
  const onward = net.connect({ port: target.address().port, host: '127.0.0.1', allowHalfOpen: true });
  pipeline(socket, onward, error => log('there:', error ? 'failed' : 'well', onward.destroyed));
  pipeline(onward, socket, error => log('back:', error ? 'failed' : 'well'));
});

target.listen(0, '127.0.0.1', () => relay.listen(0, '127.0.0.1', sendWell));

function connect() {
  return net.connect({ port: relay.address().port, host: '127.0.0.1', allowHalfOpen: true });
}

function sendWell() {
  const client = connect();
  let text = '';
  client.on('data', bytes => (text += bytes));
  client.on('close', () => {
    log('the client got', text);
    breakOff();
  });
  client.end('hello');
}

function breakOff() {
  const client = connect();
  client.write('hello');
  received = () => {
    log('the client breaks off');
    client.resetAndDestroy();
    relay.close();
    target.close();
  };
}
