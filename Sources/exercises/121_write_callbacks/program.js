const net = require('net');
const log = console.log;

const server = net.createServer({ allowHalfOpen: true }, socket => {
  server.close();
  socket.on('end', () => {
    log('the server hears the end');
    socket.end();
  });
  socket.resume();
});

server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1', () => {
    client.on('drain', () => log('drain'));
    client.write('small', () => log('small is taken'));
    process.nextTick(() => log('tick'));
    log('16 MiB:', client.write(Buffer.alloc(16 << 20), () => log('16 MiB are taken')));
    client.write('more', () => {
      log('more is taken');
      process.nextTick(() => log('tick of the last write'));
      client.end('the rest', () => log('the end is sent'));
    });
    log('all is written');
  });
  client.resume();
  client.on('close', hadError => log('close', hadError));
});
