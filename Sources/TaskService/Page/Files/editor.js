// The dialog in which a task is made or changed.

const editorFields = [
  { name: "title", label: "Title", required: true, maxLength: 500 },
  { name: "description", label: "Description", kind: "textarea", rows: 3 },
  { name: "priority", label: "Priority", type: "number", step: 1, min: -priorityLimit, max: priorityLimit },
  { name: "status", label: "Status", kind: "select", options: ["pending", "in-progress", "completed", "failed"], isFor: "edit" },
  { name: "project", label: "Project", maxLength: 64, placeholder: "none" },
  { name: "type", label: "Type", maxLength: 64, placeholder: "none: no worker’s in particular" },
  { name: "delay", label: "Delay in seconds", type: "number", min: 0, max: 31_536_000, step: "any", isFor: "new" },
  { name: "dependencies", label: "Needs these tasks", kind: "textarea", rows: 2, placeholder: "their ids, with spaces between" },
  { name: "payload", label: "Payload", kind: "textarea", rows: 3, placeholder: "any JSON" },
];

const written = {
  title: (text) => text, description: (text) => text, status: (text) => text,
  priority: (text) => text === "" ? undefined : Number(text), delay: (text) => text === "" ? undefined : Number(text),
  project: (text) => text.trim() || null, type: (text) => text.trim() || null,
  dependencies: (text) => text.split(/[\s,]+/).filter(Boolean),
  payload: (text) => text.trim() === "" ? null : parseExact(text),
};

const shownAs = (name, value) => value == null ? "" : name === "dependencies" ? value.join(" ")
  : name === "payload" ? JSON.stringify(value, null, 1) : String(value);

/// What the fields say that is not as it was.
function bodyOf(fields, kind) {
  const body = {};
  for (const [name, { field, former }] of fields) {
    const refuse = (message) => { throw new Refusal(message, 0, { field: name }); };
    // Of what is no number the browser gives an empty text.
    if (field.validity.badInput) refuse("This is no number.");
    if (field.value === former) continue;
    if (kind === "edit" && name === "priority" && field.value === "") refuse("A task has a priority.");
    try { body[name] = written[name](field.value); } catch { refuse("This is no JSON."); }
    if (name === "payload" && losesNumbers(field.value)) refuse("This browser cannot send all of these digits.");
  }
  return body;
}

/// How often an editor was asked for: an answer that was waited for opens one only if no other was asked for meanwhile.
let editorWishes = 0;

/// Gives its fields, if it was opened.
function openEditor(title, kind, values, send) {
  editorWishes += 1;
  // What is typed in a dialog stays there until the reader leaves it.
  if (document.querySelector("dialog[open]")) return;
  const dialog = find("editor"), problem = make("p", { className: "bad", role: "alert" }), fields = new Map();
  const form = make("form", { noValidate: true });
  for (const { name, label, kind: element = "input", options = [], isFor = kind, ...rest } of editorFields) {
    if (isFor !== kind) continue;
    const field = make(element, { id: "field-" + name, name, autocomplete: "off", ...rest }, ...options.map((option) => make("option", {}, option)));
    field.value = shownAs(name, values[name]);
    fields.set(name, { field, former: field.value });
    form.append(make("label", { htmlFor: field.id }, label), field);
  }
  const main = make("button", { className: "main", "aria-disabled": "false" }, kind === "new" ? "Create" : "Save");
  form.append(problem, make("p", { className: "row" }, make("button", { type: "button", onclick: () => dialog.close() }, "Leave it"), main));
  // An answer may come when the dialog has been left, and serves another form.
  const isHere = () => dialog.open && dialog.contains(form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (main.ariaDisabled === "true") return;
    for (const { field } of fields.values()) field.removeAttribute("aria-invalid");
    main.ariaDisabled = "true";
    try {
      await send(bodyOf(fields, kind));
      if (isHere()) dialog.close();
    } catch (error) {
      if (!isHere()) return say(error.message);
      problem.textContent = error.message;
      const field = fields.get(error.details?.field)?.field;
      field?.setAttribute("aria-invalid", "true");
      field?.focus();
    } finally {
      main.ariaDisabled = "false";
    }
  });
  dialog.replaceChildren(make("h2", { id: "editor-title" }, title), form);
  dialog.showModal();
  fields.get("title").field.focus();
  return fields;
}

function newTask() {
  // The same key each time: a task is made once, though its answer may have been lost.
  let last, key;
  openEditor("New task", "new", { priority: 1, project: project ?? "" }, async (body) => {
    if (project !== null && !("project" in body)) body.project = project;
    const text = JSON.stringify({ title: "", ...body });
    if (text !== last) [last, key] = [text, crypto.getRandomValues(new Uint32Array(4)).join("-")];
    const task = await answerOf("/tasks", { method: "POST", body: text, headers: { "Idempotency-Key": key } });
    say(`“${short(task.title)}” is made.`);
  });
}

async function editTask({ id }) {
  const wish = editorWishes += 1;
  let answer, text, task;
  try {
    answer = await ask(`/tasks/${id}?view=full`);
    text = await answer.text();
    task = parseAnswer(text);
    if (!answer.ok) return say(task.error.message);
  } catch { return say(noServer); }
  if (wish !== editorWishes) return;
  const fields = openEditor("Edit the task", "edit", task, async (body) => {
    if (Object.keys(body).length === 0) return;
    try {
      await answerOf("/tasks/" + id, { method: "PATCH", body: JSON.stringify(body), headers: { "If-Match": answer.headers.get("ETag") } });
    } catch (error) {
      if (error.status === 412) throw new Refusal("The task has changed meanwhile: leave this, and edit it anew.");
      throw error;
    }
    say("The task is changed.");
  });
  // What it shows is not what the task has.
  if (fields && losesNumbers(text)) fields.get("payload").field.readOnly = true;
}

find("new").addEventListener("click", newTask);
