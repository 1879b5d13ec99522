// Taskflow's GET /health on Node's http: the same fields, the same body, made anew for each request.
'use strict';
const { randomUUID } = require('node:crypto');
const http = require('node:http');

const port = Number(process.argv[process.argv.indexOf('--port') + 1]);

http.createServer((request, response) => {
  const requestId = randomUUID();
  const body = JSON.stringify({
    status: 'healthy',
    timestamp: new Date().toISOString(),
    requestId,
    uptimeSeconds: Math.floor(process.uptime()),
  });
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('X-Request-Id', requestId);
  response.end(body);
}).listen(port, '127.0.0.1');
