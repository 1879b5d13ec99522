// The ring: the four phases in the order of a turn, clockwise from poll, and the callback that runs.

const phases = ["poll", "check", "closing", "timers"], radius = 136;
const svg = (name, attributes, text) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  return element;
};
const around = (part, far = radius) => {
  const angle = 2 * Math.PI * (part / 4 - 0.375);
  return [160 + far * Math.cos(angle), 160 + far * Math.sin(angle)];
};

const ring = Object.fromEntries(phases.map((phase, index) => {
  const [x, y] = around(index + 0.03), [endX, endY] = around(index + 0.97), [nameX, nameY] = around(index + 0.5, radius - (index % 2 ? 44 : 32));
  const arc = svg("path", { class: `arc ${phase}`, d: `M ${x} ${y} A ${radius} ${radius} 0 0 1 ${endX} ${endY}` });
  find("ring").append(arc, svg("text", { x: nameX, y: nameY + 5 }, phase));
  return [phase, arc];
}));
const centre = svg("text", { x: 160, y: 158 }), under = svg("text", { x: 160, y: 178, class: "small" });
const ball = svg("circle", { class: "call", r: 7, cx: 160, cy: 160 - radius });
find("ring").append(centre, under, ball);

/// Shows what is done in a phase, and how much of that is over, from 0 to 1. Outside of the phases there is no ball.
function drawRing(current, part, name, note) {
  for (const phase of phases) ring[phase].classList.toggle("now", phase === current);
  const index = phases.indexOf(current), [x, y] = around(index + 0.03 + 0.94 * part);
  ball.setAttribute("visibility", index < 0 ? "hidden" : "visible");
  ball.setAttribute("cx", x);
  ball.setAttribute("cy", y);
  setText(centre, name);
  setText(under, note);
}

function lengthText(milliseconds) {
  if (milliseconds < 1) return `${Math.round(milliseconds * 1000)} µs`;
  return milliseconds < 1000 ? `${milliseconds.toFixed(1)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}
