const net = require('net');
const log = console.log;

const server = net.createServer(async socket => {
  try {
    for await (const bytes of socket) {
      log('a piece:', bytes.toString());
      socket.write(`got ${bytes}`);
    }
    log('the end');
  } catch (error) {
    log('broken by', error.code);
  }
});

function client(first, next) {
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.on('data', bytes => {
    log('answer:', bytes.toString());
    next(socket, bytes.toString());
  });
  socket.write(first);
  return socket;
}

server.listen(0, '127.0.0.1', () => {
  client('one', (socket, answer) => {
    if (answer === 'got one') socket.write('two');
    else socket.end();
  }).on('close', () => {
    client('three', socket => {
      socket.resetAndDestroy();
      server.close();
    });
  });
});
