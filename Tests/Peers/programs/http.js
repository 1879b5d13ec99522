// What the words about an HTTP server do: see http.py.
"use strict";
const http = require("http");
const net = require("net");

// How a client asks: method, version, what follows the Host field, and whether it asks nothing more behind it.
const asks = {
  get: ["GET", "1.1", "\r\n"],
  "get-last": ["GET", "1.1", "Connection: close\r\n\r\n", true],
  "get-old": ["GET", "1.0", "\r\n", true],
  "get-old-kept": ["GET", "1.0", "Connection: keep-alive\r\n\r\n", true],
  head: ["HEAD", "1.1", "\r\n"],
  post: ["POST", "1.1", "Content-Length: 3\r\n\r\nabc"],
  "post-last": ["POST", "1.1", "Connection: close\r\nContent-Length: 3\r\n\r\nabc", true],
  "post-chunked": ["POST", "1.1", "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"],
  "post-part": ["POST", "1.1", "Content-Length: 6\r\n\r\nabc"],
};

module.exports = ({ call, countLines, inTurn, say, turns, untilDone }) => {
  const clients = new Map();
  const requests = new Map(); // The client of each that was asked.
  const exchanges = new Map(); // Request and response of each that has arrived.
  const leaving = [];
  let latest;
  let server;

  // Clients.

  function connect(target) {
    untilDone((done) => {
      if (server && !server.listening) return done();
      listen(() => {
        const socket = net.connect(server.address().port, "127.0.0.1");
        const client = { socket, asked: [], unsent: "", isPartial: false, isOver: false, hasLeft: false };
        let text = "";
        socket.on("data", (bytes) => (text += bytes));
        socket.on("error", () => {});
        socket.on("close", (hadError) => left(target, hadError, text));
        socket.on("connect", () => {
          clients.set(target, client);
          latest = client;
          turns(4, done);
          call(target);
        });
      });
    });
  }

  // Those that leave in one turn are told in the order of their names.
  function left(target, hadError, text) {
    leaving.push([target, "got", hadError, text.replace(/Date: .*\r\n/g, "").replace(/\r\n/g, "|")]);
    if (leaving.length > 1) return;
    setImmediate(() => {
      for (const words of leaving.splice(0).sort(([one], [other]) => one - other)) say(...words);
    });
  }

  // What is asked before the client's turn goes out in one piece.
  function ask(target, [method, version, rest, isOver = false], isPartial) {
    const client = latest;
    if (!client || client.isOver || client.isPartial) return;
    Object.assign(client, { isOver, isPartial });
    client.asked.push(target);
    requests.set(target, client);
    send(client, `${method} /${target} HTTP/${version}\r\nHost: x\r\n${rest}`);
  }

  function send(client, text) {
    client.unsent += text;
    if (client.unsent !== text) return;
    inTurn(() => {
      if (client.socket.writable) client.socket.write(client.unsent);
      client.unsent = "";
    });
  }

  function sendRest(client) {
    if (!client.isPartial || client.hasLeft) return;
    client.isPartial = false;
    send(client, "def");
  }

  function leave(client) {
    if (client.unsent !== "" || (client.isPartial && isEnded(client.asked.at(-1)))) return;
    client.hasLeft = true;
    client.socket.end();
  }

  // Whether its client has left amid its body.
  function isAbandoned(target) {
    const { asked, hasLeft, isPartial } = requests.get(target);
    return hasLeft && isPartial && asked.at(-1) === target;
  }

  // The server.

  function listen(then) {
    if (server) return then();
    server = http.createServer(serve).listen(0, "127.0.0.1", then);
    watch();
  }

  function serve(request, response) {
    const target = request.url.slice(1);
    exchanges.set(target, { request, response });
    const isAnswered = () => response.writableFinished && !request.readableEnded;
    request.on("end", () => say(target, "end"));
    request.on("aborted", () => say(target, "aborted"));
    request.on("error", (error) => say(target, "error", error.code));
    request.on("close", () => say(target, "close"));
    response.on("finish", () => say(target, "finish"));
    response.on("close", () => say(target, "answer close"));
    call(target);
  }

  function readBody({ request }, target) {
    if (request.listenerCount("data") === 0) request.on("data", (bytes) => say(target, "data", bytes.length));
  }

  function end({ request, response }, target, text) {
    if (isAbandoned(target)) return;
    if (request.isPaused()) request.resume();
    response.end(text);
  }

  const isEnded = (target) => exchanges.get(target)?.response.writableEnded;
  const here = () => [...clients.values()].filter((client) => !client.socket.destroyed);
  const isIdle = (client) => !client.isPartial && client.asked.every(isEnded);

  const isUnasked = ({ asked, unsent }) => asked.length === 0 || unsent !== "";

  // Whether it ends each connection that has more to answer because its client has said so.
  const mayClose = () =>
    server?.listening && mayCloseIdle() && here().every((client) => client.isOver || isIdle(client));
  const mayCloseIdle = () => !here().some(isUnasked) && here().filter(isIdle).length <= 1;

  function close(target) {
    if (mayClose()) server.close(() => untilDone((done) => turns(4, () => (turns(0, done), call(target)))));
  }

  function closeIdle(target) {
    if (!mayCloseIdle()) return;
    server?.closeIdleConnections();
    call(target);
  }

  function closeAll(target) {
    if (here().length > 1) return;
    server?.closeAllConnections();
    call(target);
  }

  // When nothing was said for a while the clients leave, one by one, and then the server closes.
  function watch(quiet = 0, lines = countLines()) {
    setImmediate(() => {
      if (countLines() !== lines) return watch();
      if (quiet < 20) return watch(quiet + 1, lines);
      const client = here()[0];
      if (client) inTurn(() => client.socket.destroy());
      if (client) watch();
      else server.close();
    });
  }

  const words = {
    client: connect,
    "close-http": (target) => inTurn(() => close(target)),
    "close-idle": (target) => inTurn(() => closeIdle(target)),
    "close-all": (target) => inTurn(() => closeAll(target)),
  };
  for (const [word, parts] of Object.entries(asks)) {
    words[word] = (target) => ask(target, parts, word === "post-part");
  }

  const onClient = (act) => (target) => clients.has(target) && inTurn(() => act(clients.get(target)));
  const onRequest = (act) => (target) => exchanges.has(target) && act(exchanges.get(target), target);
  const onOpen = (act) => onRequest((exchange, target) => {
    const { response } = exchange;
    if (!response.writableEnded && !response.destroyed) act(exchange, target);
  });

  const destroyAnswer = onOpen(({ response }) => response.destroy());

  return Object.assign(words, {
    "read-body": onRequest(readBody),
    "pause-body": onOpen(({ request }) => request.pause()),
    "resume-body": onRequest(({ request }) => request.resume()),
    "begin-answer": onOpen(({ response }) => {
      if (!response.headersSent) response.writeHead(200).flushHeaders();
    }),
    "write-answer": onOpen(({ request, response }) => {
      if (request.method === "HEAD") response.flushHeaders();
      response.write("part");
    }),
    "end-answer": onOpen((exchange, target) => end(exchange, target, "ok")),
    "end-empty": onOpen((exchange, target) => end(exchange, target)),
    "destroy-answer": (target) => inTurn(() => destroyAnswer(target)),
    rest: (target) => requests.has(target) && sendRest(requests.get(target)),
    leave: onClient(leave),
    reset: onClient(({ socket }) => socket.resetAndDestroy()),
  });
};
