const net = require('net');
const log = console.log;

const server = net.createServer({ allowHalfOpen: true }, socket => {
  server.close();
  let received = '';
  socket.on('data', bytes => (received += bytes));
  socket.on('error', () => {});
  socket.on('end', () => {
    log('the server got', received);
    socket.end();
  });
});

server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1', () => {
    client.write('before ');
    client.end('the end');
    client.end();
    log('ended twice, destroyed:', client.destroyed);
    setImmediate(() => {
      log('write:', client.write('too late'), 'destroyed:', client.destroyed);
      log('write:', client.write('again'), 'destroyed:', client.destroyed);
      process.nextTick(() => log('tick'));
      setImmediate(() => log('immediate'));
    });
  });
  client.on('error', () => log('error'));
  client.on('close', hadError => log('close', hadError));
});
