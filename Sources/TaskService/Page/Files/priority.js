// The priority by keys, + and − on a task, and by drag: up is more urgent.

const pixelsPerPoint = 12, priorityLimit = 1_000_000;
/// What was chosen and is not told to the server yet, by task.
const chosen = new Map();

const priorityOf = (task) => chosen.get(task.id)?.value ?? task.priority;

function fillPriority(mark, task) {
  setText(mark, String(priorityOf(task)));
  mark.classList.toggle("movable", may.change);
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
  const choice = chosen.get(id);
  if (!choice) return;
  clearTimeout(choice.timer);
  try {
    await answerOf("/tasks/" + id, { method: "PATCH", body: JSON.stringify({ priority: choice.value }) });
    if (tasks.has(id)) tasks.get(id).priority = choice.value;
  } catch (error) {
    say("The priority was not changed. " + error.message);
  }
  if (chosen.get(id) === choice) chosen.delete(id);
  showPriority(id);
}

document.addEventListener("pointerdown", (event) => {
  const mark = event.target.closest?.(".priority.movable"), id = mark?.closest("[data-id]")?.dataset.id;
  const task = tasks.get(id);
  if (!task || event.button !== 0) return;
  event.preventDefault();
  const began = { y: event.clientY, value: priorityOf(task) }, drag = new AbortController(), { signal } = drag;
  mark.classList.add("dragged");
  mark.setPointerCapture(event.pointerId);
  const valueAt = ({ clientY }) => began.value + Math.round((began.y - clientY) / pixelsPerPoint);
  const stop = (value) => {
    drag.abort();
    mark.classList.remove("dragged");
    if (value === task.priority) chosen.delete(id); else if (value !== undefined) choosePriority(id, value);
    if (value === undefined) chosen.delete(id);
    showPriority(id);
  };
  mark.addEventListener("pointermove", (move) => {
    clearTimeout(chosen.get(id)?.timer);
    chosen.set(id, { value: valueAt(move) });
    showPriority(id);
  }, { signal });
  mark.addEventListener("pointerup", (up) => stop(valueAt(up)), { signal });
  mark.addEventListener("pointercancel", () => stop(undefined), { signal });
  addEventListener("keydown", (key) => { if (key.key === "Escape") stop(undefined); }, { signal });
});
