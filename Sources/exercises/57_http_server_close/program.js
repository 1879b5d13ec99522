const http = require('http'), net = require('net');
const log = console.log;

const server = http.createServer((req, res) => {
  log('request', req.url);
  if (req.url === '/now') return res.end('now');
  res.on('finish', () => log('finish', req.url));
  server.close(error => log('closed, error:', error !== undefined));
  server.close(error => log('closed again, error:', error !== undefined));
  log('listening', server.listening);
  setTimeout(() => res.end('later'), 50);
});

server.listen(0, '127.0.0.1', () => {
  const port = server.address().port;
  const idle = net.connect(port, '127.0.0.1');
  idle.write('GET /now HTTP/1.1\r\nHost: x\r\n\r\n');
  idle.once('data', () => {
    const busy = net.connect(port, '127.0.0.1');
    busy.write('GET /later HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    busy.resume();
  });
  idle.on('close', () => {
    log('the idle connection is gone');
    net.connect(port, '127.0.0.1').on('error', error => log('a new one:', error.code));
  });
});
