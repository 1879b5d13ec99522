const net = require('net');
const log = console.log;

const cases = [0, 100, 20000].flatMap(count => ['end', 'reset'].map(news => ({ count, news })));

const turns = (count, f) => setImmediate(() => (count === 0 ? f() : turns(count - 1, f)));
const until = (condition, f) => setImmediate(() => (condition() ? f() : until(condition, f)));

function next() {
  if (cases.length === 0) return;
  const { count, news } = cases.shift();
  log(`${news} behind ${count} bytes`);
  const server = net.createServer(socket => {
    server.close();
    socket.pause();
    socket.on('data', bytes => log('  data', bytes.length));
    socket.on('end', () => log('  end'));
    socket.on('error', error => log('  error', error.code));
    socket.on('close', hadError => {
      log('  close', hadError);
      client.destroy();
      turns(8, next);
    });
    until(() => socket.bytesRead === count, () => {
      if (news === 'end') client.end(); else client.resetAndDestroy();
      turns(5, () => {
        if (socket.destroyed) return;
        log('  resume');
        socket.resume();
      });
    });
  });
  let client;
  server.listen(0, '127.0.0.1', () => {
    client = net.connect(server.address().port, '127.0.0.1');
    client.write(Buffer.alloc(count));
  });
}
next();
