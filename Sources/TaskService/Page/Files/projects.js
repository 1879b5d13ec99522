// The projects: how many tasks each has in which state, whether it is paused, and the filter by project.

/// As the server last said, by name; `~` is that of the tasks without one.
const projectsByName = new Map();
const projectSource = { ids: [] }, projectTries = new Tries();
let projectRolling;

const projectColumns = [["name", "Project"], ["open", "Ready"], ["running", "Running"], ["later", "Waiting"], ["done", "Completed"], ["bad", "Failed"], ["paused", "Claims"]];

function makeProjects() {
  projectRolling = makeTable("projects", projectColumns, projectSource, { height: 3.25, makeRow: makeProjectRow, fillRow: fillProjectRow });
}

function makeProjectRow() {
  const cell = (name, child) => make("span", { role: "cell", className: name + "-cell" }, child);
  return make("div", { role: "row", className: "row-of-table" }, ...projectColumns.map(([name]) =>
    cell(name, name === "name" ? make("a", { className: "focus" }) : name === "paused" ? make("button", { type: "button", className: "small pause" }) : make("span"))));
}

function fillProjectRow(row, name) {
  const { counts, paused, maxRunning, inFlight } = projectsByName.get(name) ?? {};
  if (!counts) return;
  const link = row.querySelector(".focus");
  setText(link, name === "~" ? "No project" : name);
  if (name !== "~") setAttribute(link, "href", "#board/" + encodeURIComponent(name)); else link.tabIndex = link.tabIndex;
  const values = { open: counts.ready, running: maxRunning === null ? counts.running : `${inFlight} of ${maxRunning}`,
    later: counts.waiting + counts.scheduled + counts.held, done: counts.completed, bad: counts.failed + counts.cancelled };
  for (const [key, value] of Object.entries(values)) setText(row.querySelector(`.${key}-cell span`), value.toLocaleString("en"));
  const button = row.querySelector(".pause");
  row.dataset.paused = paused;
  setText(button, may.change ? (paused ? "Resume" : "Pause") : paused ? "paused" : "open");
  button.disabled = !may.change;
  setAttribute(button, "aria-label", `${button.textContent} ${name === "~" ? "tasks without a project" : name}`);
}

find("projects").addEventListener("click", async ({ target }) => {
  const button = target.closest(".pause"), name = button?.closest("[data-id]").dataset.id;
  if (!name || !may.change) return;
  const { paused } = projectsByName.get(name);
  try {
    const changed = await answerOf("/projects/" + encodeURIComponent(name), { method: "PUT", body: JSON.stringify({ paused: !paused }) });
    projectsByName.set(name, changed);
    say(pauseText(changed));
  } catch (error) {
    say(error.message);
  }
  projectRolling.redraw(true);
});

function pauseText({ name, paused }) {
  if (name === "~") return `Tasks without a project ${paused ? "are paused: they are not claimed" : "go on"}.`;
  return paused ? `${name} is paused: its tasks are not claimed.` : `${name} goes on.`;
}

/// Reads the counts of all projects.
async function readProjects() {
  const credential = token;
  if (!credential) {
    projectsByName.clear();
    [projectSource.ids, totals] = [[], null];
    projectRolling.redraw(true);
    return beforeFrame(showCounts);
  }
  try {
    const answer = await answerOf("/projects");
    if (credential !== token) return void (isStale = true);
    projectsByName.clear();
    for (const one of answer) projectsByName.set(one.name, one);
    projectSource.ids = answer.map(({ name }) => name);
    chooseTyped();
    totals = Object.fromEntries(states.map((state) => [state, answer.reduce((sum, { name, counts }) =>
      project === null || name !== "~" && name === project ? sum + counts[state] : sum, 0)]));
    setText(find("projects-about"), answer.length === 0 ? "There are no tasks yet." : `${count(answer.length, "project")}. The tasks of one that is paused are not claimed.`);
    projectTries.succeed();
  } catch (error) {
    if (credential !== token) return void (isStale = true);
    setText(find("projects-about"), "The projects could not be read.");
    if (error.mayPass) projectTries.plan(review);
  }
  projectRolling.redraw(true);
  beforeFrame(showCounts);
}

// The filter

const offered = 50;

find("project").addEventListener("input", ({ target }) => {
  offerProjects(target.value);
  chooseTyped();
});
find("project").addEventListener("focus", ({ target }) => offerProjects(target.value));
find("filter").addEventListener("submit", (event) => {
  event.preventDefault();
  chooseProject(find("project").value.trim() || null);
});

/// The project whose name is typed, as soon as it is one.
function chooseTyped() {
  const name = find("project").value;
  // `~` is no name.
  if (name === "" || name !== "~" && projectsByName.has(name)) chooseProject(name || null);
}

function offerProjects(text) {
  const names = projectSource.ids.filter((name) => name !== "~" && name.includes(text)).slice(0, offered);
  find("project-names").replaceChildren(...names.map((name) => make("option", { value: name })));
}

function chooseProject(name) {
  if (name === project) return;
  project = name;
  find("project").value = name ?? "";
  showFilter();
  anew();
}

/// The address says what is shown, and the links of the lists keep it.
function showFilter() {
  const end = project === null ? "" : "/" + encodeURIComponent(project), { view, name } = readAddress();
  if (listViews.includes(view) && name !== (project ?? "")) history.replaceState(null, "", "#" + view + end);
  // Without a token there is no field to clear the filter by: the links do.
  for (const link of document.querySelectorAll("nav a")) {
    const [other] = link.hash.split("/");
    if (listViews.includes(other.slice(1))) link.hash = other + (token ? end : "");
  }
}

find("order").addEventListener("change", ({ target }) => {
  order = target.value;
  anew();
});

function anew() {
  forgetTasks();
  totals = null;
  listAnew();
}
