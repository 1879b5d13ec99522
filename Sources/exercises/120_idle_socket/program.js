const net = require('net');
const log = console.log;

const server = net.createServer(socket => {
  server.close();
  setTimeout(() => socket.write('late'), 100);
  socket.on('end', () => log('the server hears the end'));
  socket.resume();
});

server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  const start = Date.now();
  let count = 0;
  client.setTimeout(400);
  client.on('timeout', () => {
    count += 1;
    log('timeout', count, 'destroyed:', client.destroyed, 'after the traffic:', Date.now() - start >= 500);
    if (count === 1) return client.write('more');
    client.setTimeout(0);
    setTimeout(() => client.end(), 500);
  });
  client.on('data', bytes => log('data', bytes.toString()));
  client.on('close', hadError => log('close', hadError));
});
