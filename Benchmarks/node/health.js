// Taskflow's GET /health on Node's http, or with --cert and --key on its https: the same fields, the same body, made anew for
// each request.
'use strict';
const { randomUUID } = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');

const flag = (name) => process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined;
const secure = flag('--cert') && { cert: fs.readFileSync(flag('--cert')), key: fs.readFileSync(flag('--key')) };
const server = secure ? https.createServer(secure, answer) : http.createServer(answer);
server.listen(Number(flag('--port')), '127.0.0.1');

function answer(request, response) {
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
}
