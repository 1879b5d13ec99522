// What the server's loop did: traces of half a second each, one after the other, made into moments on one axis of time.

const traceMs = 500, axisMs = 10_000;

/// The latest moments, the earliest first: a wait in poll, or a callback. Times in milliseconds of this page's clock.
let moments = [];
let token = "";
try { token = sessionStorage.getItem("taskflow.token") ?? ""; } catch {}
if (!isToken(token)) token = "";

// A server that does not answer is one that cannot be reached. In milliseconds.
const patience = 20_000;

const ask = (path) => fetch(path, {
  signal: AbortSignal.timeout(patience), headers: token ? { Authorization: "Bearer " + token } : {} });

function show(state, text) {
  if (player !== live) [state, text] = ["", "Recorded"];
  find("state").dataset.state = state;
  setText(find("state"), text);
}

/// Asks for one trace after the other, while the page is live. Between two of them lies the way of a request, which has no
/// moments.
async function follow() {
  if (follow.isOn) return;
  follow.isOn = true;
  while (player === live) {
    const begun = performance.now();
    let rest = 2000;
    try {
      const answer = await ask(`/tasks/system/loop/trace?ms=${traceMs}`);
      if (answer.ok) {
        take(await answer.json(), begun);
        show("open", "Live");
        rest = 0;
      } else {
        const { error } = await answer.json();
        show("closed", answer.status === 401 ? "A token is needed" : error?.message ?? `The server answered ${answer.status}`);
      }
    } catch { show("closed", "The server cannot be reached"); }
    if (rest) await new Promise((done) => { setTimeout(done, rest); });
  }
  follow.isOn = false;
}

function take({ turns }, begun) {
  // What is looked at stays.
  if (paused) return;
  // Each begins behind the one before it, though the microsecond is the same: so a time is that of one moment.
  const add = (startUs, moment) => {
    const earliest = moments.length ? moments.at(-1).start + 0.0005 : 0;
    moments.push({ ...moment, start: Math.max(begun + startUs / 1000, earliest) });
  };
  for (const turn of turns) {
    const number = turn.iteration ?? null;
    if (number !== null) {
      add(turn.startUs, { turn, number, phase: "poll", length: turn.sleptUs / 1000, wokenBy: turn.wokenBy });
    }
    for (const call of turn.callbacks) {
      add(call.startUs, { turn, number, phase: call.phase, length: call.us / 1000, call });
    }
  }
  const first = performance.now() - axisMs - 2 * traceMs;
  const index = moments.findIndex((moment) => moment.start + moment.length > first);
  if (index > 0) moments = moments.slice(index);
}

find("access").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = find("token"), text = field.value.trim();
  if (text && !isToken(text)) {
    field.setCustomValidity(notToken);
    return void field.reportValidity();
  }
  token = text;
  try { sessionStorage.setItem("taskflow.token", token); } catch {}
});

find("token").addEventListener("input", ({ target }) => target.setCustomValidity(""));
