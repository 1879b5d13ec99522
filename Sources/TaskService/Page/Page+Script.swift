extension Page {
    static let script = #"""
        "use strict";
        const find = (id) => document.getElementById(id);
        const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/tasks`;
        const logLimit = 200, rowLimit = 1000, textLimit = 80;
        // `loading` has the tasks that change while a list is under way: what an event says of them is newer.
        let token = remembered(), seen = 0, recount, loading, isListed = false, total = null, isCut = false;

        find("address").textContent = address;
        find("snippet").textContent = find("snippet").textContent.replace("ws://localhost:3000/ws/tasks", address);

        // The token

        // What a token is made of. With anything else the browser would not even try to connect.
        function isToken(text) { return /^[A-Za-z0-9._~-]{1,256}$/.test(text); }

        // A browser may forbid a page to keep anything; then the token is for this page alone.
        function remembered() {
          try {
            const text = sessionStorage.getItem("taskflow.token") ?? "";
            return isToken(text) ? text : "";
          } catch { return ""; }
        }

        function remember(text) {
          token = text;
          isListed = false;
          try {
            if (text) sessionStorage.setItem("taskflow.token", text); else sessionStorage.removeItem("taskflow.token");
          } catch {}
        }

        function note(text, isBad) {
          find("access-note").textContent = text;
          find("access-note").className = isBad ? "bad" : "";
          find("token").setAttribute("aria-invalid", String(isBad));
        }

        // A server that does not answer is one that cannot be reached. In milliseconds.
        const patience = 20000;

        const ask = (path, credential = token, options = {}) => fetch(path, {
          headers: credential ? { Authorization: "Bearer " + credential } : {}, signal: AbortSignal.timeout(patience), ...options });

        // The connection stays until it is known that the new token is one.
        find("access").addEventListener("submit", async (event) => {
          event.preventDefault();
          const text = find("token").value.trim();
          if (text && !isToken(text)) {
            return note("This is not a token: a token has only letters, digits and - . _ ~, and no “Bearer” in front of it.", true);
          }
          if (text) {
            let answer;
            try { answer = await ask("/tasks/count", text); } catch { return note("The server cannot be reached.", true); }
            if (find("token").value.trim() !== text) return;
            if (answer.status === 401) return note("The token is not right: this server does not know it.", true);
          }
          remember(text);
          note(text ? "The token is used, and kept until this tab is closed." : "No token is used now.", false);
          bound = shortest;
          connect();
        });

        \#(connection)

        // A browser does not say why a WebSocket was refused. The same path, asked by HTTP, does.
        async function explain(current) {
          let status = 0;
          try { status = (await ask("/ws/tasks")).status; } catch {}
          if (status !== 401 || current !== socket) return;
          clearTimeout(retry);
          show("closed", token ? "Disconnected: the token is not right" : "Disconnected: a token is needed");
          find("about").replaceChildren("This server shows its tasks only with a token. Enter one under ", link(), ".");
          if (token) note("The token is not right: this server does not know it.", true);
        }

        function receive(text) {
          let event;
          try { event = JSON.parse(text); } catch { return; }
          if (event === null || typeof event !== "object") return;
          if (event.event === "position") return moveTo(event.seq);
          if (event.task && wasHere(event.seq)) return;
          seen += 1;
          find("seen").textContent = seen === 1 ? "1 message" : `${seen} messages`;
          if (event.event === "snapshot") return takePage(event);
          log(event);
          // Missed events may be gone before they were sent, which is told later.
          if (event.event === "connection.ready" || event.recovered === false) greet(event);
          if (!event.task) return;
          if (loading && loading.size <= rowLimit) loading.add(event.task.id);
          if (event.event === "task.deleted") forget(event.task.id); else place(event.task, true);
          if (event.event === "task.created" || event.event === "task.deleted") describe();
          review();
          if (replay !== null && event.seq <= replay) missed += 1;
          moveTo(event.seq);
        }

        // The events

        function log(event) {
          const text = [event.event, subject(event), changes(event)].filter((text) => text !== "").join(" ");
          write(event.timestamp, text, ...(event.clientId ? [" ", unbroken(event.clientId)] : []));
        }

        function write(timestamp, ...parts) {
          const line = document.createElement("li"), time = document.createElement("time");
          let at = new Date(timestamp ?? NaN);
          if (isNaN(at)) at = new Date();
          time.dateTime = at.toISOString();
          time.textContent = at.toLocaleTimeString();
          line.append(time, ...parts);
          find("log").prepend(line);
          while (find("log").childElementCount > logLimit) find("log").lastElementChild.remove();
        }

        // An id's hyphen is no place for a line to end.
        function unbroken(text) {
          const span = document.createElement("span");
          span.className = "id";
          span.textContent = text;
          return span;
        }

        function subject({ task, message }) {
          if (!task) return message ?? "";
          return short(task.title ?? rowOf(task.id)?.cells[0].textContent ?? task.id);
        }

        // What an event has changed, and to what.
        function changes({ task, changes, from, to }) {
          if (from !== undefined && to !== undefined) return `(priority: ${from} → ${to})`;
          if (!task || !Array.isArray(changes)) return "";
          return `(${changes.map((name) => `${name}: ${short(task[name])}`).join(", ")})`;
        }

        function short(value) {
          if (Array.isArray(value)) return value.length === 1 ? "1 task" : `${value.length} tasks`;
          const letters = [...String(value ?? "none").slice(0, 2 * textLimit + 2)];
          return letters.length > textLimit ? letters.slice(0, textLimit).join("") + "…" : letters.join("");
        }

        // The tasks

        const rowOf = (id) => document.getElementById("task-" + id);

        // Ids grow with time, so the newest task has the greatest.
        function insert(row) {
          const rows = find("tasks").rows;
          let next = null;
          if (rows.length > 0 && rows[rows.length - 1].id < row.id) for (next of rows) if (next.id < row.id) break;
          find("tasks").insertBefore(row, next);
        }

        function place(task, isNew) {
          let row = rowOf(task.id);
          if (!row) {
            const last = find("tasks").lastElementChild;
            // Where older tasks are left out, one of them stays out.
            if (isCut && last && "task-" + task.id < last.id) return;
            row = document.createElement("tr");
            row.id = "task-" + task.id;
            for (const name of ["title", "status", "number", "project", "id"]) row.insertCell().className = name;
            insert(row);
            while (find("tasks").childElementCount > rowLimit) {
              find("tasks").lastElementChild.remove();
              isCut = true;
            }
          }
          const values = [task.title, task.status, task.priority, task.project ?? "–", task.id];
          // Text, never HTML: a title may hold anything.
          values.forEach((value, index) => { row.cells[index].textContent = value; });
          // From its beginning, without making the browser lay out the whole table.
          if (isNew) {
            row.classList.add("changed");
            for (const animation of row.getAnimations()) animation.currentTime = 0;
          }
          find("empty").hidden = true;
        }

        find("tasks").addEventListener("animationend", (event) => event.target.classList.remove("changed"));

        function forget(id) {
          rowOf(id)?.remove();
          find("empty").hidden = find("tasks").childElementCount > 0;
        }

        // The newest tasks, also those that came while there was no connection.
        async function load() {
          review();
          if (!token) return describe();
          const newer = loading = new Set();
          try {
            const answer = await ask(`/tasks?order=newest&limit=${rowLimit}`);
            if (!answer.ok) return note(answer.status === 401 ? "The token is not right: this server does not know it." : `The server answered ${answer.status}.`, true);
            const tasks = await answer.json(), ids = new Set(tasks.map((task) => "task-" + task.id));
            if (newer !== loading) return;
            isCut = false;
            for (const row of [...find("tasks").rows]) if (!ids.has(row.id) && !newer.has(row.id.slice(5))) row.remove();
            for (const task of tasks) if (!newer.has(task.id)) place(task, false);
            if (answer.headers.has("Link")) isCut = true;
            isListed = true;
            find("empty").hidden = find("tasks").childElementCount > 0;
            describe();
          } catch {
            note("The server cannot be reached.", true);
          } finally {
            if (newer === loading) loading = null;
            // So many changed meanwhile that not all are known.
            if (newer.size > rowLimit) load();
          }
        }

        function link() {
          const link = document.createElement("a");
          link.href = "#token";
          link.textContent = "Token";
          return link;
        }

        // Says what the table shows, and how many there are where it does not show all.
        function describe() {
          const shown = find("tasks").childElementCount;
          if (!token) {
            const rest = isCut ? ` The newest ${shown} of them are shown.` : "";
            return find("about").replaceChildren("What happens from now on, the newest first. The tasks that are there already need a token: enter one under ", link(), "." + rest);
          }
          if (!isCut) return void (find("about").textContent = shown === 1 ? "The one task that there is." : `All ${shown} tasks, the newest first.`);
          find("about").textContent = `The newest ${shown} of ${total ?? "more"} tasks.`;
          // Asked for again at most once a second.
          recount ??= setTimeout(async () => {
            recount = undefined;
            try {
              const before = total;
              total = (await (await ask("/tasks/count")).json()).count ?? total;
              if (total !== before) find("about").textContent = `The newest ${find("tasks").childElementCount} of ${total} tasks.`;
              if (find("tasks").childElementCount < rowLimit / 2) load();
            } catch {}
          }, total === null ? 0 : 1000);
        }

        \#(queue)

        find("copy").addEventListener("click", async () => {
          const text = find("snippet").textContent;
          try {
            await navigator.clipboard.writeText(text);
            find("copied").textContent = "Copied";
          } catch {
            getSelection().selectAllChildren(find("snippet"));
            find("copied").textContent = "Selected: copy it with the keyboard";
          }
        });

        connect();
        """#
}
