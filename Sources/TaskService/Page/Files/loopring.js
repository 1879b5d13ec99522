// The ring: the four phases in the order of a turn, clockwise from poll, and the callback that runs.

const phases = ["poll", "check", "closing", "timers"];
const svg = (name, attributes, text) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  return element;
};
const around = (part, radius) => {
  const angle = 2 * Math.PI * (part / 4 - 0.375);
  return [160 + radius * Math.cos(angle), 160 + radius * Math.sin(angle)];
};

const ring = Object.fromEntries(phases.map((phase, index) => {
  const [x, y] = around(index + 0.03, 118), [endX, endY] = around(index + 0.97, 118), [nameX, nameY] = around(index + 0.5, index % 2 ? 74 : 86);
  const arc = svg("path", { class: `arc ${phase}`, d: `M ${x} ${y} A 118 118 0 0 1 ${endX} ${endY}` });
  find("ring").append(arc, svg("text", { x: nameX, y: nameY + 5 }, phase));
  return [phase, arc];
}));
const centre = svg("text", { x: 160, y: 158 }), under = svg("text", { x: 160, y: 178, class: "small" });
const ball = svg("circle", { class: "call", r: 7, cx: 160, cy: 42 });
find("ring").append(centre, under, ball);

/// Shows one moment, and how much of it is over, from 0 to 1.
function drawRing(moment, part) {
  for (const phase of phases) ring[phase].classList.toggle("now", phase === moment?.phase);
  ball.setAttribute("visibility", moment ? "visible" : "hidden");
  if (!moment) return;
  const [x, y] = around(Math.max(0, phases.indexOf(moment.phase)) + 0.03 + 0.94 * part, 118);
  ball.setAttribute("cx", x);
  ball.setAttribute("cy", y);
  setText(centre, moment.call ? moment.call.kind : "asleep");
  setText(under, lengthText(moment.length));
}

const lengthText = (milliseconds) => milliseconds < 1 ? `${Math.round(milliseconds * 1000)} µs` : `${milliseconds.toFixed(1)} ms`;
