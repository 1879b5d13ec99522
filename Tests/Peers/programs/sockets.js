// What the words about sockets do: see sockets.py.
"use strict";
const net = require("net");

module.exports = ({ call, inTurn, say, turns, untilDone }) => {
  const accepted = new Map();
  const peers = new Map();

  function watch(target, socket) {
    accepted.set(target, socket);
    socket.on("end", () => say(target, "end"));
    socket.on("error", () => say(target, "error"));
    socket.on("close", (hadError) => say(target, "close", hadError));
    call(target);
  }

  function connect(target) {
    untilDone((done) => {
      const server = net.createServer((socket) => {
        server.close();
        turns(4, done);
        socket.unref();
        watch(target, socket);
      });
      server.listen(0, "127.0.0.1", () => {
        const peer = net.connect(server.address().port, "127.0.0.1");
        peer.on("error", () => {});
        peer.resume().unref();
        peers.set(target, peer);
      });
    });
  }

  function listen(target) {
    const server = net.createServer();
    server.listen(0, "127.0.0.1", () => {
      say(target, "listening", server.listening);
      server.close(() => call(target));
    });
  }

  const onAccepted = (act) => (target) => accepted.has(target) && act(accepted.get(target), target);
  const onPeer = (act) => (target) =>
    accepted.has(target) && inTurn(() => !peers.get(target).destroyed && act(peers.get(target)));
  const send = (count) => (peer) => !peer.writableEnded && peer.write(Buffer.alloc(count));

  return {
    connect,
    listen,
    "close-server": (target) => net.createServer().close(() => call(target)),
    pause: onAccepted((socket) => socket.pause()),
    resume: onAccepted((socket) => socket.resume()),
    read: onAccepted((socket, target) => {
      if (socket.listenerCount("data") === 0) socket.on("data", (bytes) => say(target, "data", bytes.length));
    }),
    write: onAccepted((socket, target) => say(target, "write", socket.write("x"))),
    end: onAccepted((socket) => socket.end()),
    destroy: onAccepted((socket) => socket.destroy()),
    fail: onAccepted((socket) => socket.destroy(new Error("fail"))),
    "peer-send": onPeer(send(100)),
    "peer-send-much": onPeer(send(20_000)),
    "peer-end": onPeer((peer) => peer.end()),
    "peer-reset": onPeer((peer) => peer.resetAndDestroy()),
  };
};
