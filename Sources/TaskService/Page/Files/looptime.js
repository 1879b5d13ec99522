// The axis of time: what the loop did, as bars, and how long /health took, as dots above them.

/// When /health was asked for, and how long it took. In milliseconds.
let looks = [];
const canvas = find("time"), pen = canvas.getContext("2d");

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
let colours = {};
function learnColours() {
  // A canvas does not know light-dark(): the colour that an element has got is asked for.
  const probe = document.createElement("span");
  document.body.append(probe);
  for (const name of [...phases, "line", "text", "soft", "bad"]) {
    probe.style.color = `var(--${name})`;
    colours[name] = getComputedStyle(probe).color;
  }
  probe.remove();
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", learnColours);

function drawTime() {
  const width = canvas.clientWidth, height = 150, scale = devicePixelRatio;
  if (canvas.width !== Math.round(width * scale)) [canvas.width, canvas.height] = [Math.round(width * scale), height * scale];
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  // To the left of it stand the names of the lines.
  const first = 48, x = (at) => first + (width - first) * (1 - (end - at) / axisMs);
  pen.fillStyle = colours.line;
  pen.fillRect(first, 110, width - first, 1);
  for (const moment of moments) {
    if (!moment.call || moment.start + moment.length < end - axisMs || moment.start > end) continue;
    pen.fillStyle = colours[moment.phase] ?? colours.soft;
    const left = Math.max(first, x(moment.start));
    pen.fillRect(left, 111, Math.max(1.5, x(moment.start + moment.length) - left), 26);
  }
  // A millisecond is at the foot, a second at the top.
  const y = (took) => 104 - 94 * Math.min(1, Math.max(0, Math.log10(Math.max(1, took)) / 3));
  pen.fillStyle = colours.soft;
  pen.font = "11px system-ui, sans-serif";
  for (const [took, text] of [[1, "1 ms"], [10, "10 ms"], [100, "100 ms"], [1000, "1 s"]]) pen.fillText(text, 2, y(took) + 4);
  pen.fillStyle = colours.bad;
  for (const { at, took } of looks) {
    if (at < end - axisMs || at > end) continue;
    pen.beginPath();
    pen.arc(x(at), y(took), 3, 0, 2 * Math.PI);
    pen.fill();
  }
  if (cursor < end - 20) {
    pen.fillStyle = colours.text;
    pen.fillRect(x(cursor), 0, 1.5, 140);
  }
}
