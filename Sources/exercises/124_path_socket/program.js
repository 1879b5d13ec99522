const fs = require('fs');
const net = require('net');
const os = require('os');
const log = console.log;

const path = `${os.tmpdir()}/exercise-124-${process.pid}`;
const server = net.createServer(socket => socket.end('hello'));

server.listen(path, () => {
  log('listening, the file is there:', fs.existsSync(path));
  const second = net.createServer(() => {});
  second.on('error', error => {
    log('a second server:', error.code);
    const client = net.connect(path);
    client.on('data', bytes => log('data', bytes.toString()));
    client.on('close', () => server.close(closed));
  });
  second.listen(path);
});

function closed() {
  log('closed, the file is there:', fs.existsSync(path));
  net.connect(path).on('error', error => log('nothing is there:', error.code));
}
