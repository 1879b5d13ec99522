const net = require('net');
const log = console.log;
let count = 0;

const server = net.createServer(socket => {
  count += 1;
  const number = count;
  log('connection', number);
  setImmediate(() => log('immediate of', number)).unref();
  socket.destroy();
  if (count === 4) server.close();
});

server.listen(0, '127.0.0.1', () => {
  for (let client = 1; client <= 4; client += 1) {
    net.connect(server.address().port, '127.0.0.1').on('error', () => {}).resume();
  }
  log('four clients connect');
});
