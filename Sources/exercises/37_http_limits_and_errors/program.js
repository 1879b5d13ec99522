const http = require('http'), net = require('net');
const log = console.log;

const server = http.createServer((req, res) => {
  req.on('error', () => {});
  req.resume();
  req.on('end', () => res.end('ok'));
});
log('keepAliveTimeout', server.keepAliveTimeout);
log('headersTimeout', server.headersTimeout);
log('requestTimeout', server.requestTimeout);
log('maxRequestsPerSocket', server.maxRequestsPerSocket);
log('maxHeaderSize', http.maxHeaderSize);

// Looks on, and leaves the answer to the server.
const emit = server.emit;
server.emit = function (event, error) {
  if (event === 'clientError') log('   clientError', error.code);
  return emit.apply(this, arguments);
};

const host = 'Host: x\r\n';
const close = 'Connection: close\r\n';
const get = 'GET / HTTP/1.1\r\n' + host + close;
const post = 'POST / HTTP/1.1\r\n' + host + close;
const cases = [
  ['garbage', 'NOT HTTP\r\n\r\n'],
  ['no Host (1.1)', 'GET / HTTP/1.1\r\n' + close + '\r\n'],
  ['no Host (1.0)', 'GET / HTTP/1.0\r\n\r\n'],
  ['header block > 16 KiB', get + 'X: ' + 'a'.repeat(16384) + '\r\n\r\n'],
  ['header block just under', get + 'X: ' + 'a'.repeat(16000) + '\r\n\r\n'],
  ['bare LF line ends', 'GET / HTTP/1.1\nHost: x\nConnection: close\n\n'],
  ['space before colon', get + 'A : b\r\n\r\n'],
  ['CL and TE', post + 'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['TE not final chunked', post + 'Transfer-Encoding: chunked, gzip\r\n\r\n'],
  ['two different CL', post + 'Content-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  ['obs-fold', get + 'A: b\r\n c\r\n\r\n'],
  ['bad chunk size', post + 'Transfer-Encoding: chunked\r\n\r\nzz\r\n'],
  ['chunk ext > 16 KiB', post + 'Transfer-Encoding: chunked\r\n\r\n1;' + 'a'.repeat(17000) + '\r\nx\r\n0\r\n\r\n'],
  ['control char in value', get + 'A: b\x01c\r\n\r\n'],
  ['no method', 'F(OO / HTTP/1.1\r\n' + host + close + '\r\n'],
  ['truncated head then FIN', 'GET / HTTP/1.1\r\nHos'],
];

function show(answer) {
  if (answer.includes('\r\n\r\nok')) return answer.split('\r\n')[0] + ' (handled)';
  return JSON.stringify(answer.replace(/Date: [^\r]*\r\n/, ''));
}

function next() {
  const [name, bytes] = cases.shift() || [];
  if (!name) return server.close();
  const client = net.connect(server.address().port, '127.0.0.1');
  client.end(bytes, 'latin1');
  let answer = '';
  client.on('data', data => answer += data);
  client.on('error', () => {});
  client.on('close', () => {
    log(name, '|', show(answer));
    next();
  });
}
server.listen(0, '127.0.0.1', next);
