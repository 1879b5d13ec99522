// The experiments: a computation on the loop or on a worker, while /health is asked for.

/// Those that are not answered yet.
const unanswered = new Set();
let nextLook;
/// When the last experiment began, and how long the slowest look since then took.
let experiment = { at: Infinity, slowest: 0 };

function lookAgain() {
  clearTimeout(nextLook);
  if (player !== live) return;
  const look = lookOnce().then((isAnswered) => {
    unanswered.delete(look);
    if (!isAnswered && unanswered.size === 0) nextLook = setTimeout(lookAgain, 1000);
  });
  unanswered.add(look);
}

async function lookOnce() {
  const at = performance.now();
  nextLook = setTimeout(lookAgain, 100);
  try {
    await (await ask("/health")).text();
  } catch {
    clearTimeout(nextLook);
    return false;
  }
  const took = performance.now() - at;
  if (at >= experiment.at - 100) experiment.slowest = Math.max(experiment.slowest, took);
  // What is looked at stays, and nothing comes to it.
  if (!paused) {
    looks = looks.filter((look) => look.at > at - axisMs - 2 * traceMs);
    looks.push({ at, took });
  }
  return true;
}

async function attempt(name) {
  experiment = { at: performance.now(), slowest: 0 };
  setText(find("tried"), `${name}: it computes …`);
  for (const button of ["blocking", "worker"]) find(button).disabled = true;
  try {
    const answer = await ask(name === "blocking" ? "/tasks/reports/blocking?iterations=60000000" : "/tasks/reports/worker-run?iterations=60000000");
    const result = await answer.json();
    // One that the work has held up may be answered behind it.
    await Promise.all(unanswered);
    setText(find("tried"), answer.ok
      ? `${name}: computed for ${Math.round(result.durationMs)} ms; meanwhile the slowest /health took ${Math.round(experiment.slowest)} ms.`
      : `${name}: ${result.error?.message ?? answer.status}`);
  } catch { setText(find("tried"), `${name}: no answer.`); }
  for (const button of ["blocking", "worker"]) find(button).disabled = false;
}

for (const name of ["blocking", "worker"]) find(name).addEventListener("click", () => attempt(name));

learnColours();
requestAnimationFrame(frame);
choose();
