// Choosing what is shown. The address says it: `/loop` is the server, `/loop#07` the recording of exercise 07.

/// Shows the live server, or the recording that was loaded. A recording stands still until it is played.
function use(next) {
  if (player !== next || !find("speed").length) {
    find("speed").replaceChildren(...next.speeds.map(([value, text]) => make("option", { value }, text)));
  }
  player = next;
  document.body.dataset.source = player === live ? "live" : "recorded";
  pause(player !== live);
  show("connecting", "Asking…");
  if (player !== live) return;
  document.title = "Taskflow, the loop";
  follow();
  lookAgain();
}

/// The recording of an exercise; null if there is none.
async function read(number) {
  const answer = await fetch(`/loop/recordings/${number}`).catch(() => null);
  return answer?.ok ? await answer.json() : null;
}

async function choose() {
  const address = location.hash, number = address.slice(1);
  if (number) await listed;
  if (location.hash !== address) return;
  find("source").value = number;
  if (!number) return use(live);
  // A value that is no option's selects none.
  const recording = find("source").value && await read(number);
  // Another one may have been chosen while it came.
  if (location.hash !== address) return;
  if (!recording) return location.replace("#");
  load(recording);
  use(recorded);
}

/// Asks which recordings there are.
async function list() {
  const answer = await fetch("/loop/recordings").catch(() => null);
  const groups = Object.groupBy(answer?.ok ? await answer.json() : [], (recording) => recording.group);
  find("source").append(...Object.entries(groups).map(([group, recordings]) => make("optgroup", { label: group },
    ...recordings.map(({ number, title }) => make("option", { value: number }, `${number} ${title}`)))));
}

const listed = list();

find("source").addEventListener("change", () => { location.hash = find("source").value; });
addEventListener("hashchange", choose);
