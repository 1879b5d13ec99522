const net = require('net');
const log = console.log;

const server = net.createServer(socket => {
  socket.on('error', () => {
    log('error');
    process.nextTick(() => log('tick of the error'));
    server.close(() => log('closed, asked for in the error'));
  });
  socket.on('close', hadError => log('close', hadError));
  server.close(() => log('closed'));
  socket.destroy(new Error('broken'));
  process.nextTick(() => log('tick'));
  setImmediate(() => log('immediate'));
});

server.listen(0, '127.0.0.1', () => {
  net.connect(server.address().port, '127.0.0.1').on('error', () => {}).resume();
});
