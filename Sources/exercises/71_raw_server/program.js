const http = require('http');
const net = require('net');

const titles = [];

const server = http.createServer((request, response) => {
  const [, collection, number, ...more] = request.url.split('/');
  if (collection !== 'tasks' || more.length > 0) {
    answer(response, 404, 'no such path');
  } else if (number === undefined) {
    answerForAll(request, response);
  } else {
    answerForOne(request, response, titles[number - 1]);
  }
});

function answerForAll(request, response) {
  if (request.method === 'GET') {
    answer(response, 200, titles.join(', '));
  } else if (request.method === 'POST') {
    let title = '';
    request.on('data', bytes => { title += bytes; });
    request.on('end', () => {
      titles.push(title);
      response.setHeader('Location', `/tasks/${titles.length}`);
      answer(response, 201, title);
    });
  } else {
    response.setHeader('Allow', 'GET, POST');
    answer(response, 405, 'wrong method');
  }
}

function answerForOne(request, response, title) {
  if (title === undefined) {
    answer(response, 404, 'no such task');
  } else if (request.method === 'GET') {
    answer(response, 200, title);
  } else {
    response.setHeader('Allow', 'GET');
    answer(response, 405, 'wrong method');
  }
}

function answer(response, status, text) {
  response.statusCode = status;
  response.end(text);
}

// The client writes the bytes of a request itself, and shows the lines of the answer.
function ask(request, body, then) {
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.write([
    `${request} HTTP/1.1`, 'Host: localhost', 'Connection: close', `Content-Length: ${body.length}`, '', body,
  ].join('\r\n'));
  let text = '';
  socket.on('data', bytes => { text += bytes; });
  socket.on('close', () => {
    const lines = text.split('\r\n').filter(line => line !== '' && !line.startsWith('Date:'));
    console.log(`${request}: ${lines.join(' | ')}`);
    then();
  });
}

const requests = [
  ['POST /tasks', 'read'], ['POST /tasks', 'write'], ['GET /tasks', ''], ['GET /tasks/2', ''], ['GET /tasks/3', ''],
  ['GET /task', ''], ['GET /tasks/1/2', ''], ['DELETE /tasks', ''], ['POST /tasks/1', 'again'],
];
function askNext() {
  if (requests.length === 0) return server.close();
  ask(...requests.shift(), askNext);
}
server.listen(0, '127.0.0.1', askNext);
