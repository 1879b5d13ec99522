const http = require('http');
const log = console.log;

const agent = new http.Agent({ keepAlive: true });
let connections = 0;
const held = {};
const server = http.createServer((req, res) => {
  req.socket.number ??= ++connections;
  log(req.url, 'on connection', req.socket.number);
  if (!req.url.startsWith('/first')) return res.end();
  held[req.url] = res;
  if (Object.keys(held).length === 3) answerNext();
});

// One answer after another, so that it is known which connection became free last.
const order = ['/first-2', '/first-3', '/first-1'];
function answerNext() {
  const path = order.shift();
  if (path) return held[path].end();
  get('/second', () => server.close(() => log('closed')));
  get('/second', () => {});
}

function get(path, then) {
  http.get({ port: server.address().port, host: '127.0.0.1', agent, path }, res => {
    res.resume();
    res.on('end', () => setImmediate(then));
  });
}

server.listen(0, '127.0.0.1', () => {
  for (let i = 1; i <= 3; i++) get(`/first-${i}`, answerNext);
});
