// What can be done with a task: by a button, or a key on the task. What the token does not allow is not there.

const hasEnded = ({ state }) => ["completed", "failed", "cancelled"].includes(state);

const actions = {
  retry: { key: "r", label: "Retry", fits: ({ state }) => state === "failed" || state === "cancelled", act: retryTask },
  cancel: { key: "c", label: "Cancel", fits: (task) => !hasEnded(task) && !task.cancelRequested, act: cancelTask },
  force: { label: "Cancel at once", fits: ({ state }) => state === "running", act: (task) => cancelTask(task, true) },
  edit: { key: "e", label: "Edit", fits: () => true, act: editTask },
  delete: { label: "Delete", fits: () => true, act: deleteTask },
};

const canDo = (name, task) => may.change && actions[name].fits(task);

const keysOf = (task) => may.change
  ? ["+", "-", ...Object.entries(actions).filter(([name, { key }]) => key && canDo(name, task)).map(([, { key }]) => key)].join(" ") : "";

async function act(name, id) {
  const task = tasks.get(id);
  if (task && canDo(name, task)) await actions[name].act(task);
}

async function post(task, verb, body, said) {
  try {
    const changed = await answerOf(`/tasks/${task.id}/${verb}`, { method: "POST", body: JSON.stringify(body) });
    if (tasks.get(task.id) === task) put(complete(changed));
    say(said(changed));
  } catch (error) {
    say(error.message);
    if (error.status === 404) forget(task.id); else readAgain(task.id);
  }
}

function retryTask(task) {
  return post(task, "retry", {}, () => `“${short(task.title)}” is tried again.`);
}

function cancelTask(task, force = false) {
  return post(task, "cancel", { force }, ({ state }) => state === "cancelled"
    ? `“${short(task.title)}” is cancelled.` : `The worker of “${short(task.title)}” is asked to give up.`);
}

async function deleteTask(task) {
  if (!await confirmed(`Delete “${short(task.title)}”?`, "It is gone then, and no task needs it any more.", "Delete")) return;
  try {
    await answerOf("/tasks/" + task.id, { method: "DELETE" });
    say(`“${short(task.title)}” is deleted.`);
  } catch (error) {
    say(error.message);
  }
}

/// Asks in a dialog.
function confirmed(title, text, label) {
  const dialog = find("question");
  const yes = make("button", { type: "button", className: "main", onclick: () => dialog.close("yes") }, label);
  dialog.replaceChildren(make("h2", { id: "question-title" }, title), make("p", {}, text),
    make("p", { className: "row" }, make("button", { type: "button", autofocus: true, onclick: () => dialog.close("") }, "Keep it"), yes));
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("button[data-act]"), id = button?.closest("[data-id]")?.dataset.id;
  if (id) act(button.dataset.act, id);
});

const isWriting = (target) => target.closest("input, textarea, select, dialog") !== null;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
  if (event.key === "n" && may.create) {
    event.preventDefault();
    return newTask();
  }
  const id = event.target.closest("[data-id]")?.dataset.id, task = tasks.get(id);
  if (!task || !may.change) return;
  const step = { "+": 1, "=": 1, "-": -1, "−": -1 }[event.key];
  const name = Object.keys(actions).find((name) => actions[name].key === event.key);
  if (!step && !name) return;
  event.preventDefault();
  // A key that is held is one action, and only the priority is meant to go on.
  if (event.repeat && (name || id === unsought)) return;
  if (id === unsought) {
    unsought = null;
    return say(`“${short(task.title)}” has the focus now: press the key once more.`);
  }
  if (step) choosePriority(id, priorityOf(task) + step); else act(name, id);
});

const keys = [["↑ ↓ Home End", "to another task of the list"], ["← →", "to another column of the board"], ["Enter", "to the task’s page"],
  ["+ −", "raise or lower the priority"], ["e", "edit the task"], ["c", "cancel the task"], ["r", "try a task again that failed or was cancelled"],
  ["n", "make a new task"], ["Esc", "leave a dialog, or drop what is dragged"]];
find("keys").append(...keys.flatMap(([key, text]) => [make("dt", {}, ...key.split(" ").flatMap((one) => [make("kbd", {}, one), " "])), make("dd", {}, text)]));
