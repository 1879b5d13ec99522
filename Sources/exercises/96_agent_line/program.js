const http = require('http');
const log = console.log;

const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });
let connections = 0;
let first;
const server = http.createServer((req, res) => {
  req.socket.number ??= ++connections;
  log('server', req.url, 'on connection', req.socket.number);
  if (req.url === '/1') first = res; else res.end();
});

let left = 5;
server.listen(0, '127.0.0.1', () => {
  for (let i = 1; i <= 5; i++) {
    http.get({ port: server.address().port, host: '127.0.0.1', agent, path: `/${i}` }, res => {
      log('client', `/${i}`);
      res.resume();
      res.on('end', () => {
        left -= 1;
        if (left === 1) first.end();
        if (left === 0) server.close(() => log('closed'));
      });
    });
  }
  log('asked for 5');
});
