const http = require('http');
const log = console.log;

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
let connections = 0;
let second;
const server = http.createServer((req, res) => {
  req.socket.number ??= ++connections;
  log('server', req.url, 'on connection', req.socket.number);
  if (req.url === '/1') second.destroy();
  setImmediate(() => res.end());
});

function get(path) {
  const req = http.get({ port: server.address().port, host: '127.0.0.1', agent, path }, res => {
    log('client', path);
    res.resume();
    res.on('end', () => { if (path === '/3') server.close(() => log('closed')); });
  });
  req.on('error', () => {});
  return req;
}

server.listen(0, '127.0.0.1', () => {
  get('/1');
  second = get('/2');
  get('/3');
});
