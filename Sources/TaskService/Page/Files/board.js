// The board: a column for each state. A column without tasks is narrow.

const columns = new Map();

function makeColumns() {
  for (const state of states) {
    const heading = make("h3", { id: "column-" + state }, make("span", { className: "name" }, stateNames[state]), " ", make("span", { className: "count" }));
    const box = make("div", { className: "column-rows" });
    const column = make("section", { className: "column", dataset: { state }, "aria-labelledby": heading.id }, heading, box);
    const list = lists.get(state);
    list.rolling = new Rolling(box, list, { height: 6.8, makeRow: makeCard, fillRow: fillCard });
    columns.set(state, { column, list, heading });
    find("empty").before(column);
  }
  const all = lists.get("all");
  all.rolling = makeTable("table", tableColumns, all, { height: 2.75, makeRow: makeTaskRow, fillRow: fillTaskRow });
}

/// How many tasks are in each state, as the server last said, or as many as the page knows.
let totals = null;

function showCounts() {
  for (const [state, { column, list, heading }] of columns) {
    const number = Math.max(totals?.[state] ?? 0, list.ids.length);
    list.total = number;
    setText(heading.querySelector(".count"), number.toLocaleString("en"));
    column.classList.toggle("none", number === 0);
  }
  const all = states.reduce((sum, state) => sum + lists.get(state).total, 0);
  lists.get("all").total = all;
  showEmptiness(all);
  find("table").setAttribute("aria-rowcount", String(all + 1));
}

/// Says that there are no tasks where that is known, and where it cannot be known, why.
function showEmptiness(all) {
  const isFailing = token && [...lists.values()].some(({ tries }) => tries.areFailing);
  const isKnown = !token || totals !== null || states.every((state) => lists.get(state).isWhole);
  find("empty").hidden = all > 0 || !isFailing && !isKnown;
  setText(find("empty"), isFailing ? "The tasks could not be read. The page tries again." : "Nothing yet. A task that is created now appears here by itself.");
}

// What stands there is asked for anew when something has happened, and at most once a second.
let isReviewed = false, isStale = false;

async function review() {
  beforeFrame(showCounts);
  isStale = true;
  if (isReviewed) return;
  isReviewed = true;
  while (isStale) {
    isStale = false;
    const began = performance.now();
    await readProjects();
    // Where there are many projects, not as often.
    await new Promise((done) => setTimeout(done, Math.max(1000, 2 * (performance.now() - began))));
  }
  isReviewed = false;
}

// To the same height of the next column that has tasks.
find("columns").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const here = event.target.closest(".column")?.dataset.state;
  if (!step || !here || event.target.closest("input, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  const from = lists.get(here).rolling, index = Number(event.target.closest("[data-index]")?.dataset.index ?? 0);
  const height = index - Math.floor(from.scrolled / from.height);
  for (let next = states.indexOf(here) + step; states[next]; next += step) {
    const { ids, rolling } = lists.get(states[next]);
    if (ids.length === 0) continue;
    event.preventDefault();
    columns.get(states[next]).column.scrollIntoView({ block: "nearest", inline: "nearest" });
    rolling.focus(Math.min(ids.length - 1, Math.max(0, Math.floor(rolling.scrolled / rolling.height) + height)));
    return;
  }
});

/// Says what is to be seen without a token.
function describe() {
  showCounts();
  if (token) return setText(find("about"), "A token is in use: the page shows all tasks, and offers what the token allows.");
  setText(find("about"), "The board shows what happens from now on. The tasks that are there already need a token, and so do changes.");
}
