// The experiments: a computation on the loop or on a worker, while /health is asked for.

async function look() {
  const at = performance.now();
  const due = setTimeout(look, 100);
  try {
    await (await ask("/health")).text();
    looks.push({ at, took: performance.now() - at });
  } catch { clearTimeout(due); setTimeout(look, 1000); }
  looks = looks.filter((each) => each.at > performance.now() - kept - 2 * 500);
}

async function attempt(name) {
  const before = performance.now();
  setText(find("tried"), `${name}: it computes …`);
  for (const button of ["blocking", "worker"]) find(button).disabled = true;
  try {
    const answer = await ask(name === "blocking" ? "/tasks/reports/blocking?iterations=60000000" : "/tasks/reports/worker-run?iterations=60000000");
    const result = await answer.json();
    const slowest = Math.max(...looks.filter((each) => each.at >= before - 100).map((each) => each.took), 0);
    setText(find("tried"), answer.ok
      ? `${name}: computed for ${Math.round(result.durationMs)} ms; meanwhile the slowest /health took ${Math.round(slowest)} ms.`
      : `${name}: ${result.error?.message ?? answer.status}`);
  } catch { setText(find("tried"), `${name}: no answer.`); }
  for (const button of ["blocking", "worker"]) find(button).disabled = false;
}

for (const name of ["blocking", "worker"]) find(name).addEventListener("click", () => attempt(name));

learnColours();
requestAnimationFrame(frame);
follow();
look();
