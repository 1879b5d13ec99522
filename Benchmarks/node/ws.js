// Gives each message back by Node's ws, or with --broadcast to every client.
'use strict';
const { WebSocketServer } = require('ws');

const port = Number(process.argv[process.argv.indexOf('--port') + 1]);
const isBroadcast = process.argv.includes('--broadcast');

const server = new WebSocketServer({ port, host: '127.0.0.1', perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('message', (message, isBinary) => {
    const members = isBroadcast ? server.clients : [socket];
    for (const member of members) member.send(message, { binary: isBinary });
  });
});
