// The dependencies of a task as a small drawing: what it needs to its left, and what needs it to its right.

const graphLimit = 8, graphWidth = 168, graphHeight = 40, graphGap = 14, graphWay = 56;

/// The tasks that one needs, and those that these need, as far as they are drawn.
async function readAround(task) {
  const found = new Map();
  const read = async (ids) => Promise.all(ids.slice(0, graphLimit).map(async (id) => {
    try { found.set(id, complete(await answerOf(`/tasks/${id}?view=full`))); } catch {}
  }));
  await read(task.dependencies);
  const further = task.dependencies.slice(0, graphLimit).flatMap((id) => found.get(id)?.dependencies.slice(0, 3) ?? []);
  await read([...new Set(further)].filter((id) => !found.has(id) && id !== task.id));
  return found;
}

function graphPart(task) {
  const needers = [...needing.get(task.id) ?? []].filter((id) => id !== task.id);
  if (task.dependencies.length === 0 && needers.length === 0) return null;
  const layers = layersOf(task, needers), drawing = drawGraph(task, layers);
  const more = task.dependencies.length - Math.min(graphLimit, task.dependencies.length);
  return make("section", { "aria-labelledby": "graph-title" }, make("h3", { id: "graph-title" }, "Dependencies"),
    make("div", { className: "wide graph", tabIndex: 0, role: "region", "aria-labelledby": "graph-title" }, drawing),
    more > 0 ? make("p", { className: "soft" }, `It needs ${count(more, "more task")} than are drawn.`) : null);
}

/// Ids from left to right, each once.
function layersOf(task, needers) {
  const first = task.dependencies.slice(0, graphLimit), seen = new Set([task.id, ...first]);
  const further = [];
  for (const id of first) for (const other of (around.get(id) ?? tasks.get(id))?.dependencies.slice(0, 3) ?? []) {
    if (seen.has(other) || further.length === graphLimit) continue;
    seen.add(other);
    further.push(other);
  }
  return [further, first, [task.id], needers.filter((id) => !seen.has(id)).slice(0, graphLimit)].filter((layer) => layer.length > 0);
}

const drawn = (name, attributes, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
};

function drawGraph(task, layers) {
  const size = Math.max(...layers.map((layer) => layer.length)), places = new Map();
  const height = size * (graphHeight + graphGap) - graphGap + 4, width = layers.length * (graphWidth + graphWay) - graphWay + 4;
  layers.forEach((layer, column) => layer.forEach((id, index) => {
    const top = (height - layer.length * (graphHeight + graphGap) + graphGap) / 2;
    places.set(id, { x: 2 + column * (graphWidth + graphWay), y: top + index * (graphHeight + graphGap) });
  }));
  const blocking = new Set(blockers.map(({ id }) => id));
  const edges = [...places.keys()].flatMap((id) => (known(id)?.dependencies ?? []).filter((need) => places.has(need))
    .map((need) => drawEdge(places.get(need), places.get(id), id === task.id ? blocking.has(need) : known(need)?.state !== "completed")));
  const nodes = [...places].map(([id, place]) => drawNode(id, place, id === task.id));
  return drawn("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": graphText(task) }, ...edges, ...nodes);
}

const known = (id) => tasks.get(id) ?? around.get(id);

function graphText(task) {
  const needs = count(task.dependencies.length, "task");
  return `It needs ${needs}${blockers.length > 0 && !hasEnded(task) ? `, and waits for ${blockers.length} of them` : ""}`;
}

function drawEdge(from, to, isOpen) {
  const [x1, y1, x2, y2] = [from.x + graphWidth, from.y + graphHeight / 2, to.x, to.y + graphHeight / 2];
  const bend = Math.max(24, Math.abs(x2 - x1) / 2);
  return drawn("path", { d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`, class: isOpen ? "edge open" : "edge" });
}

function drawNode(id, { x, y }, isOwn) {
  const task = known(id), state = task?.state ?? "missing";
  const name = task?.title ?? "not there", letters = [...name];
  const text = letters.length > 19 ? letters.slice(0, 18).join("") + "…" : name;
  const parts = [drawn("title", {}, `${short(name)}, ${state}`), drawn("rect", { width: graphWidth, height: graphHeight, rx: 8 }),
    // What is too long ends at the border.
    drawn("svg", { width: graphWidth - 8, height: graphHeight }, drawn("text", { x: 12, y: 17, class: "node-title" }, text),
      drawn("text", { x: 12, y: 32, class: "node-state" }, state))];
  const attributes = { transform: `translate(${x} ${y})`, class: isOwn ? "node own" : "node", "data-state": state };
  if (isOwn || !task) return drawn("g", attributes, ...parts);
  return drawn("a", { ...attributes, href: "#task/" + id, "aria-label": `${short(name)}, ${state}` }, ...parts);
}
