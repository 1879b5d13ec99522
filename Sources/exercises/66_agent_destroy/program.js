const http = require('http');
const log = console.log;

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
let connections = 0;
const server = http.createServer((req, res) => {
  req.socket.number ??= ++connections;
  log(req.url, 'on connection', req.socket.number);
  if (req.url === '/held') agent.destroy(); else res.end('ok');
});

function get(path) {
  http.get({ port: server.address().port, host: '127.0.0.1', agent, path }, res => {
    log('answer to', path);
    res.resume();
    res.on('end', () => server.close(() => log('closed')));
  }).on('error', error => log('error of', path, error.code));
}
server.listen(0, '127.0.0.1', () => {
  get('/held');
  get('/in-line');
});
