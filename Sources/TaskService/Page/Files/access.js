// The token, what it allows, and how the server is asked.

let token = remembered();
const mayNothing = { create: false, change: false };
/// What the token may do. The page offers nothing else, and the server looks at each request all the same.
let may = mayNothing;
const accessTries = new Tries();

/// A browser may forbid a page to keep anything; then the token is for this page alone.
function remembered() {
  try {
    const text = sessionStorage.getItem("taskflow.token") ?? "";
    return isToken(text) ? text : "";
  } catch { return ""; }
}

function remember(text) {
  token = text;
  try {
    if (text) sessionStorage.setItem("taskflow.token", text); else sessionStorage.removeItem("taskflow.token");
  } catch {}
}

function note(text, isBad) {
  setText(find("access-note"), text);
  find("access-note").className = isBad ? "bad" : "";
  find("token").setAttribute("aria-invalid", String(isBad));
}

const wrongToken = "The token is not right: this server does not know it.";
const noServer = "The server cannot be reached.";

// A server that does not answer is one that cannot be reached. In milliseconds.
const patience = 20000;

// A task's tag is the same when another one's end has changed its state: what the browser has kept of it may be old.
const ask = (path, credential = token, options = {}) => fetch(path, {
  ...options, cache: "no-store", signal: AbortSignal.timeout(patience),
  headers: { ...(credential ? { Authorization: "Bearer " + credential } : {}), ...options.headers } });

/// What the server answers to a request that has to succeed; the error's message is for people.
async function answerOf(path, options) {
  const credential = token;
  let answer;
  try { answer = await ask(path, credential, options); } catch { throw new Refusal(noServer); }
  if (answer.ok) return answer.status === 204 ? null : parseAnswer(await answer.text());
  if (answer.status === 401 && credential === token) note(wrongToken, true);
  let error;
  try { error = (await answer.json()).error; } catch {}
  throw new Refusal(error?.message ?? `The server answered ${answer.status}.`, answer.status, error?.details);
}

class Refusal extends Error {
  constructor(message, status = 0, details = undefined) {
    super(message);
    Object.assign(this, { status, details });
  }

  /// Whether the same request may be answered later: there was no answer, or the server was busy or had a fault.
  get mayPass() { return this.status === 0 || this.status === 429 || this.status >= 500; }
}

/// Asks what the token may do, and shows what depends on it.
async function learnAccess() {
  const credential = token;
  let allowed = mayNothing;
  if (credential) {
    try {
      ({ permissions: allowed } = await answerOf("/tasks/system/access"));
      if (credential === token) accessTries.succeed();
    } catch (error) {
      allowed = may;
      if (credential === token && error.mayPass) accessTries.plan(learnAccess);
    }
  }
  if (credential !== token) return;
  may = { create: allowed.create === true, change: allowed.change === true };
  document.body.dataset.token = token ? "used" : "none";
  find("new").hidden = !may.create;
  redrawAll();
}

// The connection stays until it is known that the new token is one.
find("access").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = find("token").value.trim();
  if (text && !isToken(text)) {
    return note(notToken, true);
  }
  if (text) {
    let answer;
    try { answer = await ask("/tasks/count", text); } catch { return note(noServer, true); }
    if (find("token").value.trim() !== text) return;
    if (answer.status === 401) return note(wrongToken, true);
  }
  remember(text);
  const used = text ? "The token is used, and kept until this tab is closed." : "No token is used now.";
  note(used, false);
  say(used);
  // It begins anew, as another reader.
  [bound, position, wasLost, may] = [shortest, null, false, mayNothing];
  forgetTasks();
  closeTaskPage();
  accessTries.succeed();
  showView();
  await learnAccess();
  connect();
});
