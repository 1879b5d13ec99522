const http = require('http'), net = require('net');
const log = console.log;

let first;
const server = http.createServer((req, res) => {
  log('request', req.url);
  res.on('finish', () => log('finish', req.url));
  if (req.url === '/first') { first = res; return; }
  res.end('second');
  server.close(() => log('closed'));
  setTimeout(() => first.end('first'), 20);
});

server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  client.write('GET /first HTTP/1.1\r\nHost: x\r\n\r\nGET /second HTTP/1.1\r\nHost: x\r\n\r\n');
  let text = '';
  client.on('data', data => {
    text += data;
    if (!text.endsWith('second')) return;
    log('answers', text.split('HTTP/1.1 200 OK').length - 1, 'kept', text.split('keep-alive').length - 1);
    client.end();
  });
});
