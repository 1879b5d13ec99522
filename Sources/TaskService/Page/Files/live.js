// The connection over which events come: how it is made anew, and where the page stands in the server's history.

const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/tasks`;
const rooms = ["tasks", "queue"];

let socket, retry, bound = shortest, seen = 0;

/// The last event that it had: { epoch, seq }; null until one is known. While missed events come `replay` is the number of
/// the last one.
let position = null, replay = null, missed = 0, wasLost = false;

function show(state, text) {
  find("state").dataset.state = state;
  setText(find("state"), text);
}

// A connection can be dead without a word, as when the network is another one or the computer slept. In milliseconds: the
// server tells the position each 30 s while it tells nothing else.
const silenceLimit = 75000, silencePause = 5000;
/// When the server said something last, or was asked to. By the day's time, which goes on while the computer sleeps.
let heardAt = 0;

function leaveIfSilent() {
  // One that is closed comes back by itself, or is not let in.
  if (socket.readyState === WebSocket.CLOSED || Date.now() - heardAt < silenceLimit) return;
  wasLost = true;
  connect();
}

setInterval(leaveIfSilent, silencePause);
addEventListener("online", leaveIfSilent);
document.addEventListener("visibilitychange", leaveIfSilent);

function connect() {
  clearTimeout(retry);
  heardAt = Date.now();
  show("connecting", "Connecting…");
  const former = socket;
  let openedAt = Infinity;
  // Browsers cannot set headers on a WebSocket, so the token is one of the protocols it offers.
  const current = socket = new WebSocket(address + since(), token ? ["taskflow.v1", "taskflow.bearer." + token] : []);
  former?.close();
  replay = null;
  current.onopen = () => {
    if (current !== socket) return;
    openedAt = performance.now();
    show("open", "Connected");
    describe();
  };
  current.onmessage = (message) => {
    if (current !== socket) return;
    heardAt = Date.now();
    receive(message.data);
  };
  current.onclose = (event) => {
    if (current !== socket) return;
    wasLost = true;
    if (event.code >= 3500 && event.code < 4000) return show("closed", "Not let in: " + (event.reason || event.code));
    if (performance.now() - openedAt > longest) bound = shortest;
    // A server that stops beside others says when it wants each page back.
    const hint = Math.min(60000, Number(/come back in (\d{1,9}) ms$/.exec(event.reason)?.[1] ?? 0));
    const delay = Math.max(hint, bound * Math.random());
    bound = Math.min(longest, 2 * bound);
    show("closed", `Disconnected, next try in ${(delay / 1000).toFixed(1)} s`);
    retry = setTimeout(connect, delay);
    if (openedAt === Infinity) explain(current);
  };
}

// A browser does not say why a WebSocket was refused. The same path, asked by HTTP, does.
async function explain(current) {
  let status = 0;
  try { status = (await ask("/ws/tasks")).status; } catch {}
  if (current !== socket) return;
  // Where something lets requests through, and no WebSockets, the page shows what there was.
  if (status !== 401) return void (status >= 400 && status < 500 && listAnew());
  clearTimeout(retry);
  show("closed", token ? "Disconnected: the token is not right" : "Disconnected: a token is needed");
  setText(find("about"), "This server shows its tasks only with a token.");
  document.body.dataset.token = "none";
  if (token) note(wrongToken, true);
}

// Where the page stands

// Empty is from now on.
function since() {
  const place = position ? `${position.seq}&epoch=${encodeURIComponent(position.epoch)}` : "";
  return `?rooms=${rooms.join()}&since=${place}`;
}

function receive(text) {
  let event;
  try { event = JSON.parse(text); } catch { return; }
  if (event === null || typeof event !== "object") return;
  if (event.event === "position") return moveTo(event.seq);
  // The tasks are listed anew, a part at a time: a snapshot of all of them is not waited for.
  if (event.event === "snapshot") return;
  if ((event.task || event.project) && wasHere(event.seq)) return;
  seen += 1;
  log(event);
  // Missed events may be gone before they were sent, which is told later.
  if (event.event === "connection.ready" || event.event === "subscription.confirmed") return greet(event);
  if (event.project) review();
  if (!event.task) return;
  take(event);
  if (replay !== null && event.seq <= replay) missed += 1;
  moveTo(event.seq);
}

function greet({ epoch, seq, recovered, timestamp }) {
  // The server may have been started with other tokens.
  if (wasLost) learnAccess();
  if (timestamp) clockLead = Date.parse(timestamp) - Date.now() || 0;
  if (typeof epoch !== "string" || !Number.isSafeInteger(seq)) {
    position = null;
  } else if (position?.epoch === epoch && recovered === true) {
    replay = seq;
    return moveTo(position.seq);
  } else if (recovered === false) {
    position = null;
    return socket.send(JSON.stringify({ type: "subscribe", rooms, since: null }));
  } else {
    if (wasLost) tell("Not resumed: missed events are gone; the tasks are listed anew");
    position = { epoch, seq };
    missed = 0;
  }
  listAnew();
}

const wasHere = (seq) => position !== null && seq <= position.seq;

// All up to `seq` is here.
function moveTo(seq) {
  if (position === null || !(seq >= position.seq)) return;
  position.seq = seq;
  if (replay === null || seq < replay) return;
  if (wasLost) tell(missed === 0 ? "Resumed: nothing was missed" : `Resumed: ${count(missed, "missed event")} came`);
  replay = null;
  missed = 0;
}

function tell(text) {
  write(undefined, text);
  wasLost = false;
}
