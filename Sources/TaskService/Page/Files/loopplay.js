// Playing: the live server or a recording, by the same buttons and keys.

/// What is shown, and whether it stands still.
let player = live, paused = false, last = performance.now();
const still = matchMedia("(prefers-reduced-motion: reduce)");
const speed = () => Number(find("speed").value);

function frame(now) {
  if (!paused) player.advance((now - last) * speed(), now);
  last = now;
  // With reduced motion there is a picture twice a second.
  if (!still.matches || paused || Math.floor(now / 500) !== Math.floor(frame.drawn / 500)) {
    frame.drawn = now;
    player.draw();
  }
  requestAnimationFrame(frame);
}
frame.drawn = 0;

function pause(value) {
  paused = value;
  setText(find("pause"), paused ? "Go on" : "Pause");
}

function step(by) {
  pause(true);
  player.step(by);
}

function goOn() {
  if (paused) player.begin?.();
  pause(!paused);
}

find("pause").addEventListener("click", goOn);
find("back").addEventListener("click", () => step(-1));
find("on").addEventListener("click", () => step(1));
document.addEventListener("keydown", (event) => {
  // A button that has just been pressed keeps the keys, and takes the space bar for itself; a wide program takes the arrows.
  if (event.target.closest(event.key === " " ? "input, select, button, summary" : "input, select")) return;
  if (event.target.scrollWidth > event.target.clientWidth && event.target.id === "program") return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const action = { " ": goOn, ArrowLeft: () => step(-1), ArrowRight: () => step(1) }[event.key];
  if (action) { event.preventDefault(); action(); }
});
