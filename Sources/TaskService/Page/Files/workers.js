// The workers: the task that each one has, and how long its lease still lasts.

const leaseLimit = 1000, leasePause = 5000;
const leases = new Map();
const leaseSource = { ids: [] };
let leaseRolling, leaseTimer;

const leaseColumns = [["worker", "Worker"], ["title", "Task"], ["left", "Time left"], ["attempt", "Attempt"], ["progress", "Progress"]];

function makeWorkers() {
  leaseRolling = makeTable("workers", leaseColumns, leaseSource, { height: 3.25, makeRow: makeLeaseRow, fillRow: fillLeaseRow });
}

function makeLeaseRow() {
  const cell = (name, ...children) => make("span", { role: "cell", className: name + "-cell" }, ...children);
  return make("div", { role: "row", className: "row-of-table" }, cell("worker", make("span")), cell("title", make("a", { className: "focus" })),
    cell("left", make("span", { className: "left" }), make("span", { className: "bar", "aria-hidden": "true" }, make("i"))),
    cell("attempt", make("span")), cell("progress", make("span")));
}

function fillLeaseRow(row, id) {
  const task = leases.get(id);
  if (!task) return;
  setText(row.querySelector(".worker-cell span"), task.lease.worker);
  const link = row.querySelector(".focus");
  setText(link, task.title);
  setAttribute(link, "href", "#task/" + id);
  setText(row.querySelector(".attempt-cell span"), String(task.attempt));
  setText(row.querySelector(".progress-cell span"), [task.progress?.percent == null ? null : `${task.progress.percent} %`, task.progress?.note].filter(Boolean).join(" · ") || "–");
  fillLeft(row, task.lease);
}

const leftText = (left) => left > 0 ? span(left) : "run out";

function fillLeft(row, lease) {
  const left = Date.parse(lease.expiresAt) - serverNow();
  setText(row.querySelector(".left"), leftText(left));
  row.querySelector(".bar i").style.width = `${Math.max(0, Math.min(100, left / lease.seconds / 10))}%`;
  row.querySelector(".bar").classList.toggle("short", left < lease.seconds * 200);
}

/// The time left of a lease, which goes on by itself.
const leftOf = (lease) => make("span", { className: "left", dataset: { until: lease.expiresAt } }, leftText(Date.parse(lease.expiresAt) - serverNow()) + " left");

setInterval(() => {
  if (document.hidden) return;
  for (const [id, row] of leaseRolling.rows) if (leases.has(id)) fillLeft(row, leases.get(id).lease);
  for (const text of document.querySelectorAll("[data-until]")) setText(text, leftText(Date.parse(text.dataset.until) - serverNow()) + " left");
  for (const [id, row] of lists.get("scheduled").rolling.rows) if (tasks.has(id)) setText(row.querySelector(".wait"), waitText(tasks.get(id)));
}, 1000);

/// Reads the leases, again and again while they are looked at: a renewal is no event.
async function readLeases() {
  clearTimeout(leaseTimer);
  if (find("workers-view").hidden) return;
  if (!token) {
    leaseSource.ids = [];
    setText(find("workers-about"), "Which worker has which task needs a token.");
    return leaseRolling.redraw(true);
  }
  try {
    const answer = await answerOf(`/tasks?state=running&view=full&limit=${leaseLimit}`);
    leases.clear();
    for (const task of answer) if (task.lease?.worker) leases.set(task.id, task);
    leaseSource.ids = [...leases.values()].sort((left, right) => left.lease.worker < right.lease.worker ? -1 : left.lease.worker > right.lease.worker ? 1 : left.id < right.id ? -1 : 1)
      .map(({ id }) => id);
    const workers = new Set([...leases.values()].map(({ lease }) => lease.worker)).size;
    const more = answer.length === leaseLimit ? " The first 1,000 are shown." : "";
    setText(find("workers-about"), workers === 0 ? "No worker has a task now." : `${count(workers, "worker")} with ${count(leases.size, "task")}.${more}`);
  } catch (error) {
    setText(find("workers-about"), error.message);
  }
  leaseRolling.redraw(true);
  leaseTimer = setTimeout(readLeases, leasePause);
}
