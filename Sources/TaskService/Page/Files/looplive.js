// The live server: where on the axis of time the page is, as fast as it was or slower, step by step, and the table of the turn.

/// The moment in time that is shown, and the end of the axis, in milliseconds of this page's clock.
let cursor = performance.now() - traceMs, end = cursor, shownTurn = null, shownCall = null;
const reasons = { timeout: "A timeout was due.", immediates: "It did not wait: something was queued for check.", other: "Something of the loop's own." };

const live = {
  speeds: [[1, "as it is"], [0.1, "10 times slower"], [0.01, "100 times slower"]],

  advance(by, now) {
    end = now - traceMs;
    cursor = speed() === 1 ? end : Math.max(end - axisMs, Math.min(end, cursor + by));
  },

  step(by) {
    const index = Math.max(0, Math.min(indexAt(end), indexAt(cursor) + by));
    if (!moments[index]) return;
    // In the middle of it, or of what is left of it when the next begins.
    const { start, length } = moments[index], next = moments[index + 1]?.start ?? Infinity;
    cursor = Math.min(start + Math.min(length / 2, 1e9), (start + next) / 2);
  },

  draw() {
    const moment = moments[indexAt(cursor)];
    const part = moment?.length ? Math.min(1, (cursor - moment.start) / moment.length) : 0.5;
    if (moment) drawRing(moment.phase, part, moment.call ? moment.call.kind : "asleep", lengthText(moment.length));
    else drawRing(null, 0, "", "");
    drawTime();
    if (moment && (moment.turn !== shownTurn || moment.call !== shownCall)) showTurn(moment);
  },
};

/// The last moment that has begun by then.
function indexAt(time) {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (moments[middle].start <= time) low = middle + 1; else high = middle;
  }
  return low - 1;
}

function showTurn({ turn, number, call }) {
  [shownTurn, shownCall] = [turn, call];
  setText(find("turn-title"), number === null ? "Before the first poll" : `Turn ${number.toLocaleString("en")}`);
  const woken = reasons[turn.wokenBy] ?? `It was woken for: ${turn.wokenBy}.`;
  setText(find("turn-about"), number === null ? "" : `Poll took ${lengthText(turn.sleptUs / 1000)}. ${woken}`);
  find("calls").tBodies[0].replaceChildren(...turn.callbacks.slice(0, 12).map((callback) => {
    const cells = [callback.phase, callback.kind, lengthText(callback.us / 1000), callback.ticks, callback.microtasks];
    return make("tr", { className: callback === call ? "now" : "" }, ...cells.map((text, index) =>
      make("td", { className: index === 0 ? `phase ${callback.phase}` : index > 1 ? "number" : "" }, String(text))));
  }));
}
