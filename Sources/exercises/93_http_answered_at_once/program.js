const http = require('http'), net = require('net');
const log = console.log;

const server = http.createServer((req, res) => {
  const name = req.url.slice(1);
  req.on('data', data => log(name, 'data', data.toString()));
  req.on('end', () => log(name, 'req end'));
  req.on('close', () => log(name, 'req close'));
  res.on('finish', () => log(name, 'res finish'));
  res.on('close', () => log(name, 'res close'));
  if (name === 'later') return setTimeout(() => res.end('ok'), 20);
  res.end('ok');
  process.nextTick(() => log(name, 'tick'));
});

server.listen(0, '127.0.0.1', () =>
  ask('POST', 'later', () => ask('POST', 'post', () => ask('GET', 'get', () => server.close()))));

function ask(method, name, next) {
  const body = method === 'POST' ? 'Content-Length: 3\r\n\r\nxyz' : '\r\n';
  const client = net.connect(server.address().port, '127.0.0.1');
  client.write(`${method} /${name} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${body}`);
  client.resume().on('close', () => setTimeout(next, 20));
}
