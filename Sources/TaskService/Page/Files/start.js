// Which view is shown, by the part of the address behind #, and the start.

/// Those whose address says which project is shown.
const listViews = ["board", "table"];
const views = ["access", "board", "table", "projects", "workers", "task", "events"];

/// `#task/ID`, `#board/PROJECT`, `#table/PROJECT`, `#events`.
function readAddress() {
  let [view, ...rest] = location.hash.slice(1).split("/");
  if (view === "token") view = "access";
  if (!views.includes(view) || view === "task" && rest.join("") === "") view = "board";
  let name = rest.join("/");
  try { name = decodeURIComponent(name); } catch {}
  return { view, name };
}

function showView() {
  const { view, name } = readAddress(), former = document.body.dataset.view;
  if (listViews.includes(view)) chooseProject(name || null);
  showFilter();
  document.body.dataset.view = view;
  for (const other of views) find(other + "-view").hidden = other !== view;
  for (const other of ["client", "keys"]) find(other + "-view").hidden = view !== "access";
  for (const link of document.querySelectorAll("nav a")) {
    const isHere = link.hash.split("/")[0] === "#" + view;
    if (isHere) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  }
  // Those that need the task are known as far as they are listed.
  if (view === "task" && lists.get("waiting").ids.length === 0) lists.get("waiting").load();
  if (view === "task") openTaskPage(name); else closeTaskPage();
  if (view === "events") showLines();
  if (view === "workers") readLeases();
  for (const rolling of rollings) rolling.measure();
  // From a task's link the keys go on at its page.
  if (former && view === "task") beforeFrame(() => find("task-title")?.focus());
  // Back from there they go on where the list was left.
  if (former === "task" && view !== "task" && lastFocused?.isVisible) beforeFrame(() => {
    if (document.activeElement === document.body) lastFocused.focus(lastFocused.source.ids.indexOf(lastFocused.current));
  });
}

addEventListener("hashchange", showView);

find("copy").addEventListener("click", async () => {
  const text = find("snippet").textContent;
  try {
    await navigator.clipboard.writeText(text);
    setText(find("copied"), "Copied");
  } catch {
    getSelection().selectAllChildren(find("snippet"));
    setText(find("copied"), "Selected: copy it with the keyboard");
  }
});

find("address").textContent = address;
find("snippet").textContent = find("snippet").textContent.replace("ws://localhost:3000/ws/tasks", address);

makeColumns();
makeProjects();
makeWorkers();
showView();
if (token) document.body.dataset.token = "used";
learnAccess();
connect();
