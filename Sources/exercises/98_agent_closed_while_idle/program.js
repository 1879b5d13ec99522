const http = require('http');
const log = console.log;

const agent = new http.Agent({ keepAlive: true });
let connections = 0;
const server = http.createServer((req, res) => {
  req.socket.number ??= ++connections;
  log(req.method, req.url, 'on connection', req.socket.number);
  res.end('ok');
});

const paths = ['/1', '/2', '/3'];
function next() {
  const path = paths.shift();
  if (!path) return server.close(() => log('closed'));
  http.request({ port: server.address().port, host: '127.0.0.1', agent, method: 'POST', path }, res => {
    res.resume();
    res.on('end', () => setTimeout(() => {
      server.closeIdleConnections();
      setTimeout(next, 20);
    }, 20));
  }).end();
}
server.listen(0, '127.0.0.1', next);
