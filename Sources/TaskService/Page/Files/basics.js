// What all parts use: elements, texts, times.

const find = (id) => document.getElementById(id);

/// An element: `make("b", { className: "count" }, "3")`. Children are text or elements, never HTML: a title may hold anything.
function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-") || key === "role") element.setAttribute(key, value);
    else if (key === "dataset") Object.assign(element.dataset, value);
    else element[key] = value;
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/// Sets a text where it is another: what is the same costs no layout.
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

const count = (number, name) => `${number.toLocaleString("en")} ${name}${number === 1 ? "" : "s"}`;

const textLimit = 80;

function short(value) {
  if (Array.isArray(value)) return count(value.length, "task");
  const letters = [...String(value ?? "none").slice(0, 2 * textLimit + 2)];
  return letters.length > textLimit ? letters.slice(0, textLimit).join("") + "…" : letters.join("");
}

/// An id's hyphen is no place for a line to end.
const unbroken = (text) => make("span", { className: "id" }, text);

/// What a token is made of. With anything else the browser would not even try to connect.
function isToken(text) { return /^[A-Za-z0-9._~-]{1,256}$/.test(text); }

const notToken = "This is not a token: a token has only letters, digits and - . _ ~, and no “Bearer” in front of it.";

/// How long, in one unit: `42 s`, `3 min`.
function span(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} days`;
}

/// By how much the server's clock is ahead of this one's, in milliseconds.
let clockLead = 0;
const serverNow = () => Date.now() + clockLead;

const time = (text) => {
  const at = new Date(text ?? NaN);
  return isNaN(at) ? make("span", {}, "–") : make("time", { dateTime: at.toISOString() }, at.toLocaleString());
};

/// Tells what came of something: it is read out, and stands at the foot of the page for a while.
function say(text) {
  find("said").textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { find("said").textContent = ""; }, 8000);
}

/// Does `work` before the next frame, once however often it was asked for.
const frames = new Set();
function beforeFrame(work) {
  if (frames.size === 0) requestAnimationFrame(() => {
    const due = [...frames];
    frames.clear();
    for (const work of due) work();
  });
  frames.add(work);
}
