const http = require('http');
const net = require('net');

function compose(chain) {
  return (request, response) => {
    const callFrom = index => chain[index](request, response, () => callFrom(index + 1));
    callFrom(0);
  };
}

function log(request, response, next) {
  console.log(`  log: ${request.method} ${request.url}`);
  next();
  console.log(`  log: answered ${response.statusCode}`);
}

function catchErrors(request, response, next) {
  console.log('    catchErrors: in');
  try {
    next();
    console.log('    catchErrors: out');
  } catch (error) {
    console.log(`    catchErrors: ${error.message}`);
    response.statusCode = 500;
    response.end('something broke');
  }
}

function authorize(request, response, next) {
  if (request.headers.authorization === 'secret') {
    console.log('      authorize: in');
    next();
    console.log('      authorize: out');
  } else {
    console.log('      authorize: the request ends here');
    response.statusCode = 401;
    response.end('who are you?');
  }
}

function handle(request, response) {
  console.log('        handler');
  if (request.url === '/broken') throw new Error('the handler has thrown');
  response.end('here you are');
}

const server = http.createServer(compose([log, catchErrors, authorize, handle]));

function ask(request, field, then) {
  console.log(request);
  const socket = net.connect(server.address().port, '127.0.0.1');
  socket.write(`${request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${field}\r\n\r\n`);
  let text = '';
  socket.on('data', bytes => { text += bytes; });
  socket.on('close', () => {
    const lines = text.split('\r\n');
    console.log(`${lines[0]}: ${lines.at(-1)}`);
    then();
  });
}

server.listen(0, '127.0.0.1', () => {
  ask('GET /tasks', 'Authorization: secret', () => {
    ask('GET /tasks', 'Authorization: none', () => {
      ask('GET /broken', 'Authorization: secret', () => server.close());
    });
  });
});
