// Playing: where on the axis the page is, as fast as it was or slower, step by step, and the table of the turn.

/// The moment in time that is shown, in milliseconds of this page's clock.
let cursor = performance.now() - each, last = performance.now(), paused = false, shownTurn = null, shownCall = null;
const isPaused = () => paused;
const still = matchMedia("(prefers-reduced-motion: reduce)");
const reasons = { timeout: "A timeout was due.", immediates: "It did not wait: something was queued for check.", other: "Something of the loop's own." };

function frame(now) {
  const speed = Number(find("speed").value), end = now - each;
  if (!paused) cursor = speed === 1 ? end : Math.max(end - kept, Math.min(end, cursor + (now - last) * speed));
  last = now;
  // With reduced motion there is a picture twice a second.
  if (!still.matches || paused || Math.floor(now / 500) !== Math.floor(frame.drawn / 500)) {
    frame.drawn = now;
    draw(now);
  }
  requestAnimationFrame(frame);
}
frame.drawn = 0;

/// The last moment that has begun by then.
function indexAt(time) {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (moments[middle].start <= time) low = middle + 1; else high = middle;
  }
  return low - 1;
}

function draw(now) {
  const moment = moments[indexAt(cursor)];
  drawRing(moment, moment?.length ? Math.min(1, (cursor - moment.start) / moment.length) : 0.5);
  drawTime(now, cursor);
  if (moment && (moment.turn !== shownTurn || moment.call !== shownCall)) showTurn(moment);
}

function showTurn({ turn, number, call }) {
  [shownTurn, shownCall] = [turn, call];
  setText(find("turn-title"), number === null ? "Before the first poll" : `Turn ${number.toLocaleString("en")}`);
  const woken = reasons[turn.wokenBy] ?? `It was woken for: ${turn.wokenBy}.`;
  setText(find("turn-about"), number === null ? "" : `Poll took ${lengthText(turn.sleptUs / 1000)}. ${woken}`);
  find("calls").tBodies[0].replaceChildren(...turn.callbacks.slice(0, 12).map((each) => {
    const row = document.createElement("tr");
    row.className = each === call ? "now" : "";
    const cells = [each.phase, each.kind, lengthText(each.us / 1000), each.ticks, each.microtasks];
    row.append(...cells.map((text, index) => {
      const cell = document.createElement("td");
      cell.className = index === 0 ? `phase ${each.phase}` : index > 1 ? "number" : "";
      cell.textContent = text;
      return cell;
    }));
    return row;
  }));
}

function pause(value) {
  paused = value;
  setText(find("pause"), paused ? "Go on" : "Pause");
}

function step(by) {
  pause(true);
  const index = Math.max(0, Math.min(moments.length - 1, indexAt(cursor) + by));
  if (moments[index]) cursor = moments[index].start + Math.min(moments[index].length / 2, 1e9);
}

find("pause").addEventListener("click", () => pause(!paused));
find("back").addEventListener("click", () => step(-1));
find("on").addEventListener("click", () => step(1));
document.addEventListener("keydown", (event) => {
  // A button that has just been pressed keeps the keys, and takes the space bar for itself.
  if (event.target.closest(event.key === " " ? "input, select, button" : "input, select")) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const action = { " ": () => pause(!paused), ArrowLeft: () => step(-1), ArrowRight: () => step(1) }[event.key];
  if (action) { event.preventDefault(); action(); }
});
