const http = require('http'), net = require('net');
const log = console.log;
const total = 16000000;
let client;

const server = http.createServer((req, res) => {
  let received = 0;
  req.on('data', chunk => {
    received += chunk.length;
    if (received > chunk.length) return;
    req.pause();
    log('paused after one chunk');
    setTimeout(() => {
      log('nothing came meanwhile', received === chunk.length);
      log('the client is held up', client.writableLength > 0);
      req.resume();
    }, 100);
  });
  req.on('end', () => {
    log('read in all', received);
    log('the client is held up', client.writableLength > 0);
    answer(res);
  });
});

function answer(res) {
  const piece = 'x'.repeat(8000);
  res.setHeader('Content-Length', 32000);
  log('write', res.write(piece));
  log('write', res.write(piece));
  log('write', res.write(piece));
  res.on('drain', () => {
    log('drain');
    log('write', res.write(piece));
    res.end();
  });
}

server.listen(0, '127.0.0.1', () => {
  client = net.connect(server.address().port, '127.0.0.1');
  client.write(`POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${total}\r\n\r\n`);
  client.write(Buffer.alloc(total));
  client.resume();
  client.on('close', () => server.close(() => log('closed')));
});
