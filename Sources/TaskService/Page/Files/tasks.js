// The tasks that the page knows, and what events make of them.

/// As the columns of the board stand.
const states = ["waiting", "scheduled", "ready", "running", "failed", "completed", "held", "cancelled"];

/// By id. It has the tasks of the lists as far as they are loaded, and the one whose page is open.
const tasks = new Map();
/// Which of them need a task: sets of ids, by that task's id.
const needing = new Map();
/// For each question that is under way, the ids of the tasks that change meanwhile: what an event says of them is newer.
const questions = new Set();
const changesLimit = 1000;

/// A task with all members. Answers leave those out that have their defaults, and events `state` where nothing of the
/// queue's is used: it is `null` here where only the server can tell.
function complete(task) {
  const work = { type: null, attempt: 0, stalls: 0, error: null, progress: null, cancelRequested: false, ...task };
  work.dependencies ??= [];
  work.state ??= stateOf(work);
  return work;
}

function stateOf({ status, dependencies }) {
  if (status !== "pending") return { "in-progress": "held" }[status] ?? status;
  if (dependencies.length === 0) return "ready";
  return dependencies.every((id) => tasks.get(id)?.state === "completed") ? "ready" : null;
}

/// Takes over what an event says.
function take(event) {
  const { id } = event.task;
  for (const changed of questions) if (changed.size <= changesLimit) changed.add(id);
  if (event.event === "task.deleted") forget(id); else put(complete(event.task), event);
  // It may be a task that the page does not know.
  if (event.event === "task.deleted" || event.changes?.includes("status")) for (const other of needing.get(id) ?? []) other === openTask ? readOpenTask() : lookAgain(other);
  review();
}

function put(task, event) {
  const former = tasks.get(task.id);
  // Its place is where it was until the server has told: it may wait for another task.
  if (task.state === null) {
    task.state = former && former.status === task.status ? former.state : "waiting";
    lookAgain(task.id);
  }
  const isKept = place(task, former);
  if (isKept || task.id === openTask) {
    link(task, former);
    tasks.set(task.id, task);
  } else if (former) {
    drop(task.id);
  }
  if (event && isKept) highlight(task.id);
  if (task.id === openTask) showTask(event !== undefined);
}

function link(task, former) {
  for (const id of former?.dependencies ?? []) if (!task?.dependencies.includes(id)) {
    needing.get(id)?.delete(former.id);
    if (needing.get(id)?.size === 0) needing.delete(id);
  }
  for (const id of task?.dependencies ?? []) {
    if (!needing.has(id)) needing.set(id, new Set());
    needing.get(id).add(task.id);
  }
}

/// The page knows the task no longer, which is there as before.
function drop(id) {
  link(null, tasks.get(id));
  tasks.delete(id);
}

function forget(id) {
  const task = tasks.get(id);
  if (task) {
    unplace(task);
    drop(id);
  }
  if (id === openTask) taskIsGone();
}

function forgetTasks() {
  tasks.clear();
  needing.clear();
  clearLists();
}

/// Whether an answer may say what is true no more: that a task waits is changed by the ends of others, without an event of
/// its own.
const mayBeOld = ({ dependencies }, changed) => dependencies.some((id) => changed.has(id));

// What events do not tell is asked for: the tasks one by one, and by the page where they are many.

const doubtful = new Set(), doubtLimit = 100;
let isLooking = false;

async function lookAgain(id) {
  if (!token) return;
  doubtful.add(id);
  if (isLooking) return;
  isLooking = true;
  while (doubtful.size > 0) {
    await new Promise((done) => setTimeout(done, 100));
    if (doubtful.size > doubtLimit) {
      await readTogether();
      continue;
    }
    const ids = [...doubtful].slice(0, 6);
    for (const id of ids) doubtful.delete(id);
    await Promise.all(ids.map(readAgain));
  }
  isLooking = false;
}

/// Reads the first of them, and the page behind it: those that were doubtful at once mostly came one after the other.
async function readTogether() {
  const first = [...doubtful].reduce((left, right) => isBefore(right, left) ? right : left), changed = new Set();
  doubtful.delete(first);
  questions.add(changed);
  try {
    const [page] = await Promise.all([answerOf(listPath("all", first)), readAgain(first)]);
    if (changed.size > changesLimit) return;
    for (const task of page) {
      if (!doubtful.has(task.id) || changed.has(task.id)) continue;
      if (!mayBeOld(task, changed)) doubtful.delete(task.id);
      put(complete(task));
    }
  } catch {
    // The others are asked for with the next one.
  } finally {
    questions.delete(changed);
  }
}

async function readAgain(id) {
  const changed = new Set();
  questions.add(changed);
  try {
    const task = await answerOf(`/tasks/${id}?view=full`);
    if (!changed.has(id)) put(complete(task));
    if (mayBeOld(task, changed)) lookAgain(id);
  } catch (error) {
    if (error.status === 404) forget(id);
  } finally {
    questions.delete(changed);
  }
}
