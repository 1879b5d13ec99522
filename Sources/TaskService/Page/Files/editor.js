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
  payload: (text) => text.trim() === "" ? null : JSON.parse(text),
};

const shownAs = (name, value) => value == null ? "" : name === "dependencies" ? value.join(" ")
  : name === "payload" ? JSON.stringify(value, null, 1) : String(value);

function openEditor(title, kind, values, send) {
  const dialog = find("editor"), problem = make("p", { className: "bad", role: "alert" }), fields = new Map();
  const form = make("form", { noValidate: true });
  for (const { name, label, kind: element = "input", options = [], isFor = kind, ...rest } of editorFields) {
    if (isFor !== kind) continue;
    const field = make(element, { id: "field-" + name, name, autocomplete: "off", ...rest }, ...options.map((option) => make("option", {}, option)));
    field.value = shownAs(name, values[name]);
    fields.set(name, { field, former: field.value });
    form.append(make("label", { htmlFor: field.id }, label), field);
  }
  form.append(problem, make("p", { className: "row" },
    make("button", { type: "button", onclick: () => dialog.close() }, "Leave it"), make("button", { className: "main" }, kind === "new" ? "Create" : "Save")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    for (const { field } of fields.values()) field.removeAttribute("aria-invalid");
    const refuse = (message, name) => {
      problem.textContent = message;
      const field = fields.get(name)?.field;
      field?.setAttribute("aria-invalid", "true");
      field?.focus();
    };
    let name;
    try {
      const body = {};
      for (const [key, { field, former }] of fields) {
        name = key;
        if (field.value !== former) body[key] = written[key](field.value);
      }
      name = undefined;
      await send(body);
      dialog.close();
    } catch (error) {
      refuse(name ? "This is no JSON." : error.message, name ?? error.details?.field);
    }
  });
  dialog.replaceChildren(make("h2", { id: "editor-title" }, title), form);
  dialog.showModal();
  fields.get("title").field.focus();
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
  let answer, task;
  try {
    answer = await ask(`/tasks/${id}?view=full`);
    task = await answer.json();
    if (!answer.ok) return say(task.error.message);
  } catch { return say(noServer); }
  openEditor("Edit the task", "edit", task, async (body) => {
    if (Object.keys(body).length === 0) return;
    try {
      await answerOf("/tasks/" + id, { method: "PATCH", body: JSON.stringify(body), headers: { "If-Match": answer.headers.get("ETag") } });
    } catch (error) {
      if (error.status === 412) throw new Refusal("The task has changed meanwhile: leave this, and edit it anew.");
      throw error;
    }
    say("The task is changed.");
  });
}

find("new").addEventListener("click", newTask);
