// The priority by keys, + and − on a task, and by drag: up is more urgent.

const pixelsPerPoint = 12, priorityLimit = 1_000_000;
/// What was chosen and is not told to the server yet, by task.
const chosen = new Map();
/// The id of the task whose priority is dragged.
let dragged = null;

const priorityOf = (task) => chosen.get(task.id)?.value ?? task.priority;

function fillPriority(mark, task) {
  setText(mark, String(priorityOf(task)));
  mark.classList.toggle("movable", may.change);
  mark.classList.toggle("dragged", task.id === dragged);
  mark.title = may.change ? "Priority: drag it up or down, or press + or −" : "Priority";
}

/// Shows another priority at once, and tells the server when no further one comes for a moment.
function choosePriority(id, value) {
  const task = tasks.get(id);
  if (!task || !may.change) return;
  value = Math.min(priorityLimit, Math.max(-priorityLimit, value));
  clearTimeout(chosen.get(id)?.timer);
  chosen.set(id, { value, timer: setTimeout(() => sendPriority(id), 500) });
  showPriority(id);
  say(`Priority ${value}`);
}

function showPriority(id) {
  redrawRows(id);
  if (id === openTask) showTask();
}

async function sendPriority(id) {
  const choice = chosen.get(id), task = tasks.get(id);
  if (!choice) return;
  clearTimeout(choice.timer);
  choice.isSent = true;
  try {
    // It arrives though the page is left meanwhile.
    await answerOf("/tasks/" + id, { method: "PATCH", keepalive: true, body: JSON.stringify({ priority: choice.value }) });
    // What an event has said since is newer than the answer.
    if (task && tasks.get(id) === task) task.priority = choice.value;
  } catch (error) {
    say("The priority was not changed. " + error.message);
  }
  choice.isAnswered = true;
  if (chosen.get(id) === choice) chosen.delete(id);
  showPriority(id);
}

addEventListener("pagehide", () => {
  for (const [id, { isSent }] of chosen) if (!isSent && id !== dragged) sendPriority(id);
});

document.addEventListener("pointerdown", (event) => {
  const mark = event.target.closest?.(".priority.movable"), id = mark?.closest("[data-id]")?.dataset.id;
  const task = tasks.get(id);
  if (!task || event.button !== 0 || dragged !== null) return;
  event.preventDefault();
  const began = { y: event.clientY, value: priorityOf(task), choice: chosen.get(id) }, drag = new AbortController();
  const root = document.documentElement, { pointerId } = event;
  const valueAt = ({ clientY }) => began.value + Math.round((began.y - clientY) / pixelsPerPoint);
  const stop = (value) => {
    drag.abort();
    dragged = null;
    root.classList.remove("dragging");
    // Dropped, what was chosen before is still to be sent, or still on its way.
    if (value === undefined && began.choice && !began.choice.isSent) value = began.choice.value;
    if (value === undefined && began.choice?.isSent && !began.choice.isAnswered) chosen.set(id, began.choice);
    else if (value === undefined || value === tasks.get(id)?.priority || !tasks.has(id)) chosen.delete(id); else choosePriority(id, value);
    showPriority(id);
  };
  const on = (name, work) =>
    root.addEventListener(name, (event) => { if (event.pointerId === pointerId) work(event); }, { signal: drag.signal });
  on("pointermove", (move) => {
    clearTimeout(chosen.get(id)?.timer);
    chosen.set(id, { value: valueAt(move) });
    showPriority(id);
  });
  on("pointerup", (up) => stop(valueAt(up) === began.value ? undefined : valueAt(up)));
  on("pointercancel", () => stop(undefined));
  // Of a finger the mark itself had the capture at first, and loses it to the document.
  on("lostpointercapture", ({ target }) => { if (target === root) stop(undefined); });
  addEventListener("keydown", (key) => { if (key.key === "Escape") stop(undefined); }, { signal: drag.signal });
  // The mark may go while it is dragged: its task is drawn anew, or leaves the list.
  root.setPointerCapture(pointerId);
  dragged = id;
  root.classList.add("dragging");
  showPriority(id);
});
