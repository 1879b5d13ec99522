// A recording: what an exercise's loop did, step by step, with the program, what it has printed, and what waits.

/// A line that is printed is a step, and a callback that prints none.
let steps = [], index = 0, waited = 0, shownStep = null;

const recorded = {
  speeds: [[1, "1 s a step"], [0.5, "2 s a step"], [0.2, "5 s a step"]],

  advance(by) {
    waited += by;
    if (waited >= 1000) recorded.step(1);
    if (index === steps.length - 1) pause(true);
  },

  step(by) {
    waited = 0;
    index = Math.max(0, Math.min(steps.length - 1, index + by));
  },

  draw() {
    if (steps[index] !== shownStep) showStep(steps[index]);
  },

  /// Playing goes on from the first step where it has come to the last one.
  begin() {
    if (index === steps.length - 1) recorded.step(-index);
  },
};

function load(recording) {
  const { title, number, question, why, file, program, exitCode } = recording;
  steps = [];
  const printed = [];
  const add = (step, lines) => {
    for (const line of lines.length ? lines : [null]) {
      if (line) printed.push(line.text);
      steps.push({ ...step, line, printed: [...printed] });
    }
  };
  for (const step of recording.steps) add(step, step.printed);
  if (recording.elsewhere.length) add({ phase: "elsewhere" }, recording.elsewhere);
  steps.at(-1).printed.push(`[exit ${exitCode}]`);
  [index, waited, shownStep] = [0, 0, null];
  find("question").replaceChildren(...marked(question));
  setText(find("program-title"), file);
  find("program").replaceChildren(...program.split("\n").map((text, line) =>
    make("li", { dataset: { number: line + 1 } }, text || " ")));
  find("why").open = false;
  find("why-text").replaceChildren(...marked(why));
  document.title = `Taskflow, ${number} ${title}`;
}

/// A text with `code` and *emphasis* in it.
const marked = (text) => text.split(/(`[^`]+`|\*[^*]+\*)/).map((part, place) =>
  place % 2 ? make(part[0] === "`" ? "code" : "em", {}, part.slice(1, -1)) : part);

function showStep(step) {
  shownStep = step;
  setText(find("step-title"), `Step ${index + 1} of ${steps.length}`);
  setText(find("step-about"), `${placeOf(step)}${behind(step)} ${step.line ? `It prints “${step.line.text}”.` : "It prints nothing."}`);
  drawRing(step.phase, partOf(step), step.kind ?? "thread", step.turn ? `turn ${step.turn}` : "before the turns");
  setText(find("queues").caption, step.line ? "Waiting then" : "Waiting behind it");
  showQueues(step.line ? step.line.waiting : step.rest);
  markLine(step.line?.source);
  const isLast = index === steps.length - 1;
  find("printed").replaceChildren(...step.printed.map((text, place) => {
    const isExit = isLast && place === step.printed.length - 1, isNow = step.line && place === step.printed.length - (isLast ? 2 : 1);
    return make("li", isNow ? { "aria-current": "step" } : { className: isExit ? "exit" : "" }, text);
  }));
  if (isLast) find("why").open = true;
}

function markLine(number) {
  const program = find("program");
  program.querySelector("[aria-current]")?.removeAttribute("aria-current");
  const line = program.children[number - 1];
  line?.setAttribute("aria-current", "step");
  if (line) program.scrollTop = line.offsetTop - program.clientHeight / 2;
}

function placeOf({ phase, kind, turn }) {
  if (phase === "elsewhere") return "Another thread.";
  if (phase === "outside") return "The main program.";
  return turn ? `Turn ${turn}, ${phase}: ${kind}.` : `Before the first turn, ${phase}: ${kind}.`;
}

function behind({ ticks, microtasks }) {
  const ran = [[ticks, "tick"], [microtasks, "microtask"]].filter(([number]) => number).map(([number, name]) => count(number, name));
  return ran.length ? ` Behind it: ${ran.join(", ")}.` : "";
}

/// Where in its phase: the steps of a turn's phase lie side by side.
function partOf(step) {
  const beside = steps.filter((each) => each.turn === step.turn && each.phase === step.phase);
  return (beside.indexOf(step) + 0.5) / beside.length;
}

/// What waited, as boxes. It is not known between two callbacks of a batch of which the first prints nothing.
function showQueues(waiting) {
  const rows = ["ticks", "microtasks", "immediates"].map((name) => [name, boxes(name, waiting?.[name])]);
  rows.push(["timeouts", waiting?.timeouts.flatMap(({ ms, count }) => boxes("timeouts", count, `${ms} ms`))]);
  find("queues").classList.toggle("unknown", !waiting);
  find("queues").tBodies[0].replaceChildren(...rows.map(([name, boxes]) => make("tr", {}, make("th", { scope: "row" }, name),
    make("td", {}, ...(!waiting ? ["not known"] : boxes.length ? boxes : ["–"])))));
}

const most = 12;

/// A box for each, up to twelve; a reader of the screen is told the number.
const boxes = (name, number, text = "") => !number ? [] : [
  ...Array.from({ length: Math.min(number, most) }, () => make("span", { className: `box ${name}`, "aria-hidden": "true" }, text || "\u00a0")),
  number > most ? ` and ${number - most} more` : "",
  make("span", { className: "hidden" }, text ? `${number} of ${text}` : String(number)),
];
