const net = require('net');
const log = console.log;
let count = 0;

const server = net.createServer(socket => {
  count += 1;
  const number = count;
  log('connection', number);
  process.nextTick(() => log('tick of', number));
  setImmediate(() => log('immediate of', number));
  socket.end();
  if (count === 3) server.close();
});

server.listen(0, '127.0.0.1', () => {
  const port = server.address().port;
  for (let client = 1; client <= 3; client += 1) {
    net.connect(port, '127.0.0.1').resume();
  }
  log('three clients connect');
});
