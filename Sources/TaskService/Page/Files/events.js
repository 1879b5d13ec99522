// What happened last, the newest first. Lines stand in the document while they are looked at.

const logLimit = 200;
/// The newest first.
let lines = [];

const subject = ({ task, project, message }) => task ? short(task.title ?? tasks.get(task.id)?.title ?? task.id) : project?.name ?? message ?? "";

// What an event has changed, and to what.
function changes({ task, changes, from, to, cause }) {
  if (from !== undefined && to !== undefined) return `(priority: ${from} → ${to})`;
  if (!task || !Array.isArray(changes)) return "";
  const named = changes.map((name) => `${name}: ${short(name === "error" ? task.error?.message : typeof task[name] === "object" && !Array.isArray(task[name]) ? "…" : task[name])}`);
  return `(${[cause, ...named].filter(Boolean).join(", ")})`;
}

function log(event) {
  const text = [event.event, subject(event), changes(event)].filter((text) => text !== "").join(" ");
  write(event.timestamp, text, event.clientId);
}

function write(timestamp, text, id) {
  let at = new Date(timestamp ?? NaN);
  if (isNaN(at)) at = new Date();
  lines.unshift({ at, text, id });
  if (lines.length > 2 * logLimit) lines.length = logLimit;
  beforeFrame(showLines);
}

let lastLine = null;

function showLines() {
  const box = find("log");
  if (find("events-view").hidden) {
    if (lastLine) box.replaceChildren();
    return lastLine = null;
  }
  const end = lastLine ? lines.indexOf(lastLine) : -1;
  const fresh = lines.slice(0, Math.min(logLimit, end < 0 ? lines.length : end));
  box.prepend(...fresh.map(({ at, text, id }) => make("li", {}, make("time", { dateTime: at.toISOString() }, at.toLocaleTimeString()), text,
    ...(id ? [" ", unbroken(id)] : []))));
  while (box.childElementCount > logLimit) box.lastElementChild.remove();
  lastLine = lines[0] ?? null;
  setText(find("seen"), count(seen, "message") + ".");
}
