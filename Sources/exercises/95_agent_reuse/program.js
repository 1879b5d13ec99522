const http = require('http');
const log = console.log;

let connections = 0;
const server = http.createServer((req, res) => {
  req.socket.number ??= ++connections;
  log(req.method, req.url, 'on connection', req.socket.number);
  res.end('ok');
});

const agent = new http.Agent({ keepAlive: true });
const steps = [['GET', '/1'], ['POST', '/2'], ['GET', '/3', 'close'], ['GET', '/4'], ['GET', '/5']];

function next() {
  const step = steps.shift();
  if (!step) return server.close(() => log('closed'));
  const [method, path, connection = 'keep-alive'] = step;
  const headers = { Connection: connection };
  http.request({ port: server.address().port, host: '127.0.0.1', agent, method, path, headers }, res => {
    res.resume();
    res.on('end', () => setImmediate(next));
  }).end();
}
server.listen(0, '127.0.0.1', next);
