const net = require('net');
const log = console.log;
const total = 1000000;

const server = net.createServer(socket => {
  socket.end(Buffer.alloc(total));
  server.close();
});

server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  let received = 0;
  let chunks = 0;
  let largest = 0;
  client.on('data', chunk => {
    received += chunk.length;
    chunks += 1;
    largest = Math.max(largest, chunk.length);
  });
  client.pause();
  setTimeout(() => {
    log('read while paused', received);
    client.resume();
  }, 50);
  client.on('close', () => {
    log('read in all', received);
    log('largest chunk', largest);
    log('at least as many chunks as needed', chunks >= Math.ceil(total / 65536));
  });
});
