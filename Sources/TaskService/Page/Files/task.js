// The page of a task: what it is, what can be done with it, its attempts and errors, and what it waits for.

/// The id of the task whose page is open, the server's last answer about it, and what it waits for.
let openTask = null, opened = null, blockers = [], around = new Map();

const isTaskID = (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

async function openTaskPage(id) {
  if (openTask !== id) {
    [opened, blockers, around] = [null, [], new Map()];
    openTries.succeed();
    find("task-view").replaceChildren();
  }
  openTask = id;
  find("task-view").dataset.id = id;
  showTask();
  await readOpenTask();
}

let isReading = false, isReadAgain = false, isAroundOld = false;
const openTries = new Tries();

/// Reads it again when it has changed, and once more when it changes meanwhile. Where only the task itself has changed, the
/// tasks around it are not read, unless they are others now.
async function readOpenTask(isItself = false) {
  if (!openTask) return;
  if (!isTaskID(openTask)) return taskIsGone();
  if (!token) return;
  isReadAgain = true;
  isAroundOld ||= !isItself;
  if (isReading) return;
  isReading = true;
  while (isReadAgain && openTask && token) {
    isReadAgain = false;
    const id = openTask, credential = token, changed = new Set(), isOver = () => id !== openTask || credential !== token;
    questions.add(changed);
    try {
      const [task, waits] = await Promise.all([answerOf(`/tasks/${id}?view=full`), answerOf(`/tasks/${id}/blockers`)]);
      if (isOver()) continue;
      const needed = String(opened?.dependencies);
      [opened, blockers] = [complete(task), waits];
      put(opened);
      openTries.succeed();
      isReadAgain ||= mayBeOld(opened, changed);
      if (isAroundOld || needed !== String(opened.dependencies)) {
        isAroundOld = false;
        const found = await readAround(opened);
        if (isOver()) {
          isAroundOld = true;
          continue;
        }
        around = found;
      }
    } catch (error) {
      if (isOver()) continue;
      if (error.status === 404) forget(id); else if (!openTries.areFailing) say(error.message);
      if (error.mayPass) openTries.plan(readOpenTask);
    } finally {
      questions.delete(changed);
    }
    if (id === openTask) showTask();
    await new Promise((done) => setTimeout(done, 300));
  }
  isReading = false;
}

function closeTaskPage() {
  const id = openTask;
  openTries.succeed();
  [openTask, opened, blockers, around] = [null, null, [], new Map()];
  find("task-view").replaceChildren();
  if (id) release(id);
}

function taskIsGone() {
  opened = "gone";
  showTask();
}

/// Shows the task as it is known; it is read again where an event has told of a change.
function showTask(hasChanged = false) {
  if (!openTask) return;
  if (hasChanged) readOpenTask(true);
  beforeFrame(drawTask);
}

function drawTask() {
  if (!openTask) return;
  const view = find("task-view"), task = tasks.get(openTask) ?? (opened === "gone" ? null : opened);
  const hadFocus = view.contains(document.activeElement), hadGraph = view.querySelector(".graph") !== null;
  remake(view, task ? taskParts({ ...(opened && opened !== "gone" ? opened : {}), ...task }) : noTaskParts());
  const graph = view.querySelector(".graph");
  if (graph && !hadGraph) graph.scrollLeft = graph.querySelector(".own").getBoundingClientRect().left - graph.getBoundingClientRect().left;
  // What had the focus may be gone, such as the button of what cannot be done twice.
  if (hadFocus && !view.contains(document.activeElement)) find("task-title").focus({ preventScroll: true });
}

const taskTitle = (text) => make("h2", { id: "task-title", tabIndex: -1 }, text);

function noTaskParts() {
  const text = opened === "gone" ? "There is no such task: it was deleted, or never there." : token ? "Reading…" : "A task’s page needs a token.";
  return [taskTitle("Task"), make("p", {}, text)];
}

function taskParts(task) {
  const state = make("span", { className: "badge", dataset: { state: task.state } }, task.state);
  const buttons = Object.entries(actions).filter(([name]) => canDo(name, task)).map(([name, { label }]) =>
    make("button", { type: "button", dataset: { act: name } }, label));
  const parts = [
    make("p", { className: "soft" }, state, task.cancelRequested ? " its worker is asked to give up " : " ", unbroken(task.id)),
    taskTitle(task.title),
    task.description ? make("p", { className: "description" }, task.description) : null,
    buttons.length > 0 ? make("p", { className: "row", role: "group", "aria-label": "Actions" }, ...buttons) : null,
    taskFacts(task), waitPart(task), graphPart(task), attemptsPart(task), bodyPart("Payload", task.payload), bodyPart("Result", task.result),
  ];
  return parts.filter((part) => part !== null);
}

function taskFacts(task) {
  const list = make("dl", { className: "facts-of-task" });
  const add = (name, ...values) => list.append(make("div", {}, make("dt", {}, name), make("dd", {}, ...values)));
  add("Priority", priorityPart(task));
  add("Project", task.project ?? "none");
  add("Type", task.type ?? "none");
  add("Attempts", `${task.attempt} of ${task.maxAttempts ?? 10}`);
  if (task.lease?.worker) add("Worker", task.lease.worker, ", ", leftOf(task.lease));
  if (task.progress) add("Progress", [task.progress.percent == null ? null : `${task.progress.percent} %`, task.progress.note].filter(Boolean).join(" · "));
  if (task.runAt) add("Due", time(task.runAt));
  add("Created", time(task.createdAt));
  if (task.startedAt) add("Last begun", time(task.startedAt));
  if (task.finishedAt) add("Ended", time(task.finishedAt));
  if (task.error) add("Error", make("span", { className: "error" }, errorText(task.error)));
  if (task.reason) add("Reason", reasonText(task));
  return list;
}

function priorityPart(task) {
  const mark = make("span", { className: "priority" });
  fillPriority(mark, task);
  if (!may.change) return mark;
  const step = (label, text, by) => make("button", { type: "button", id: "priority-" + (by < 0 ? "lower" : "raise"), className: "small", "aria-label": label,
    onclick: () => { if (tasks.has(task.id)) choosePriority(task.id, priorityOf(tasks.get(task.id)) + by); } }, text);
  return make("span", { className: "row" }, step("Lower the priority", "−", -1), mark, step("Raise the priority", "+", 1));
}

const blockerTexts = { pending: "has not ended", failed: "has failed", cancelled: "was cancelled", missing: "is not there", cycle: "needs this task in turn" };

function waitPart(task) {
  if (blockers.length === 0 || hasEnded(task)) return null;
  const shown = blockers.slice(0, 50).map(({ id, reason }) => make("li", { dataset: { key: id } },
    make("a", { href: "#task/" + id }, titleOf(id)), " " + blockerTexts[reason]));
  if (blockers.length > shown.length) shown.push(make("li", {}, `and ${blockers.length - shown.length} more`));
  return make("section", { "aria-labelledby": "waits-title" }, make("h3", { id: "waits-title" }, `Waits for ${count(blockers.length, "task")}`),
    make("ul", { className: "waits" }, ...shown));
}

const titleOf = (id) => short((tasks.get(id) ?? around.get(id))?.title ?? id);

function attemptsPart(task) {
  const attempts = task.attempts ?? [];
  if (attempts.length === 0) return null;
  const head = ["Worker", "Began", "Took", "Outcome"].map((name) => make("th", { scope: "col" }, name));
  const rows = [...attempts].reverse().map(({ worker, startedAt, endedAt, outcome, error }) => make("tr", {},
    make("td", {}, worker), make("td", {}, time(startedAt)), make("td", {}, span(Date.parse(endedAt) - Date.parse(startedAt))),
    make("td", {}, outcome, error ? make("span", { className: "error" }, " " + errorText(error)) : null)));
  return make("section", { "aria-labelledby": "attempts-title" }, make("h3", { id: "attempts-title" }, "Attempts"),
    make("div", { className: "wide", tabIndex: 0, role: "region", "aria-labelledby": "attempts-title" },
      make("table", { "aria-labelledby": "attempts-title" }, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows))));
}

function bodyPart(name, value) {
  if (value == null) return null;
  return make("details", { dataset: { part: name } }, make("summary", {}, name), make("pre", { tabIndex: 0 }, JSON.stringify(value, null, 1)));
}
