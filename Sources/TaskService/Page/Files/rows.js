// How a task looks in a list: a card of the board, a row of the table.

const stateNames = Object.fromEntries(states.map((state) => [state, state[0].toUpperCase() + state.slice(1)]));

const titleLink = () => make("a", { className: "title focus" });
const priorityMark = () => make("span", { className: "priority" });
const actionButton = (name, label) => make("button", { className: "small", type: "button", tabIndex: -1, dataset: { act: name } }, label);

/// What a reader of the screen hears of a task where only its title has the focus.
function described(task) {
  const parts = [task.title, `priority ${priorityOf(task)}`, task.state];
  if (task.project) parts.push("project " + task.project);
  if (task.error && task.state !== "completed") parts.push(errorText(task.error));
  return parts.join(", ");
}

const errorText = (error) => [error.code, error.message].filter(Boolean).join(": ");

function makeCard() {
  return make("li", { className: "card" }, titleLink(),
    make("p", { className: "facts" }, priorityMark(), make("span", { className: "fact" }), make("span", { className: "wait" })),
    make("progress", { max: 100, hidden: true, "aria-label": "Progress" }),
    make("p", { className: "more" }, make("span", { className: "error" }), actionButton("retry", "Retry"), actionButton("cancel", "Cancel")));
}

function fillCard(row, id) {
  const task = tasks.get(id);
  if (!task) return;
  fillTitle(row, task);
  setText(row.querySelector(".fact"), [task.project, task.type].filter(Boolean).join(" · "));
  setText(row.querySelector(".wait"), waitText(task));
  const progress = row.querySelector("progress"), percent = task.progress?.percent;
  progress.hidden = task.state !== "running" || percent == null;
  if (percent != null && progress.value !== percent) progress.value = percent;
  setText(row.querySelector(".error"), task.state === "completed" ? "" : task.error ? errorText(task.error) : reasonText(task));
  for (const button of row.querySelectorAll("button")) showAction(button, task);
}

function fillTitle(row, task) {
  const title = row.querySelector(".title"), keys = keysOf(task);
  setText(title, task.title);
  setAttribute(title, "href", "#task/" + task.id);
  setAttribute(title, "aria-label", described(task));
  if (keys) setAttribute(title, "aria-keyshortcuts", keys); else title.removeAttribute("aria-keyshortcuts");
  row.dataset.state = task.state;
  fillPriority(row.querySelector(".priority"), task);
}

/// In a few words what the task waits for, or which worker has it.
function waitText(task) {
  if (task.cancelRequested) return "to be cancelled";
  switch (task.state) {
    case "waiting": return task.waitingFor ? `waits for ${task.waitingFor}` : "waits";
    case "scheduled": return task.runAt ? `due in ${span(Date.parse(task.runAt) - serverNow())}` : "due later";
    case "running": return task.lease?.worker ?? "";
    default: return task.attempt > 1 ? count(task.attempt, "attempt") : "";
  }
}

const reasonText = ({ reason }) => reason?.by ? "A task that it needs has failed" : reason?.text ?? "";

function showAction(button, task) {
  const name = button.dataset.act;
  button.hidden = !canDo(name, task);
  setAttribute(button, "aria-label", `${button.textContent} ${short(task.title)}`);
}

// The table

const tableColumns = [["title", "Title"], ["state", "State"], ["priority", "Priority"], ["project", "Project"], ["type", "Type"], ["updated", "Changed"]];

/// A table of the element of that name, which shows the rows that are looked at.
function makeTable(name, columns, source, options) {
  const box = find(name), rows = make("div", { role: "presentation" });
  box.setAttribute("role", "table");
  box.setAttribute("aria-labelledby", name + "-title");
  box.append(tableHead(columns), rows);
  return new Rolling(rows, source, { role: "table", ...options });
}

const tableHead = (columns) => make("div", { role: "row", className: "head", "aria-rowindex": "1" },
  ...columns.map(([name, label]) => make("span", { role: "columnheader", className: name + "-head" }, label)));

function makeTaskRow() {
  const cells = tableColumns.map(([name]) => make("span", { role: "cell", className: name + "-cell" },
    name === "title" ? titleLink() : name === "priority" ? priorityMark() : make("span")));
  return make("div", { role: "row", className: "row-of-table" }, ...cells);
}

function fillTaskRow(row, id) {
  const task = tasks.get(id);
  if (!task) return;
  fillTitle(row, task);
  const values = { state: task.state, project: task.project ?? "–", type: task.type ?? "–", updated: new Date(task.updatedAt).toLocaleString() };
  for (const [name, value] of Object.entries(values)) setText(row.querySelector(`.${name}-cell span`), value);
}
