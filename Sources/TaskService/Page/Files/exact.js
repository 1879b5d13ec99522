// Payloads and results keep their numbers as they are written: a number of the browser has 15 digits for sure, and theirs may
// have more. A browser before 2025 has no `JSON.rawJSON`: there a number is shown as the nearest that it has, and not changed.

const isExact = (source) => String(Number(source)) === source;

/// What a text says in JSON. A number that the browser would write otherwise is an object that `JSON.stringify` writes as it came.
function parseExact(text) {
  if (!JSON.rawJSON) return JSON.parse(text);
  return JSON.parse(text, (key, value, { source }) => typeof value === "number" && !isExact(source) ? JSON.rawJSON(source) : value);
}

/// An answer; in each task of it payload and result are exact, and all other numbers are ones to reckon with.
function parseAnswer(text) {
  const answer = JSON.parse(text), hasBody = (task) => task?.payload != null || task?.result != null;
  if (!(Array.isArray(answer) ? answer.some(hasBody) : hasBody(answer))) return answer;
  const exact = parseExact(text), withBody = (task, { payload, result }) => ({ ...task, payload, result });
  return Array.isArray(answer) ? answer.map((task, index) => withBody(task, exact[index])) : withBody(answer, exact);
}

/// Whether the browser would write a number of that JSON otherwise. Strings are passed over as a whole.
function losesNumbers(text) {
  if (JSON.rawJSON) return false;
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[-+.\deE]*/g)].some(([part]) => part[0] !== '"' && !isExact(part));
}
