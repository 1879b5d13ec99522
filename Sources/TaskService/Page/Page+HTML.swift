extension Page {
    /// HTML, style and script in one; `NONCE` stands where each answer has its own.
    static let html = #"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Taskflow, live</title>
        <link rel="icon" href="data:,">
        <style nonce="NONCE">
        :root {
          color-scheme: light dark;
          --back: light-dark(#f6f7f9, #14161a); --card: light-dark(#fff, #1d2026); --line: light-dark(#d8dce3, #343943);
          --text: light-dark(#1b1f27, #e8eaee); --soft: light-dark(#596273, #a3abb9); --link: light-dark(#0b57d0, #8ab4ff);
          --good: light-dark(#14713d, #6fd598); --bad: light-dark(#b3261e, #ff9c93); --new: light-dark(#fff3c4, #4a4218);
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
        main, header { max-width: 68rem; margin: 0 auto; padding: 0 1.25rem; }
        header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .5rem 1.5rem; padding-top: 1.75rem; }
        h1 { margin: 0; font-size: 1.6rem; letter-spacing: -.02em; }
        h2 { margin: 0 0 .6rem; font-size: 1.05rem; }
        p { margin: .25rem 0 .75rem; color: var(--soft); }
        section { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.1rem 1.25rem; margin: 1rem 0; }
        #state { font-weight: 600; }
        #state::before { content: "●"; margin-right: .4em; }
        #state[data-state=open] { color: var(--good); }
        #state[data-state=closed] { color: var(--bad); }
        .scroll { overflow-x: auto; }
        table { width: 100%; border-collapse: collapse; }
        th { text-align: left; font-size: .85rem; color: var(--soft); font-weight: 600; }
        th, td { padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
        td { overflow-wrap: anywhere; }
        td.id, code, pre, #log { font-family: ui-monospace, monospace; font-size: .85rem; }
        td.number, th.number { text-align: right; }
        @media (prefers-reduced-motion: no-preference) { tr.changed { animation: changed 2s ease-out; } }
        @keyframes changed { from { background: var(--new); } }
        #log { margin: 0; padding: 0; list-style: none; max-height: 16rem; overflow-y: auto; }
        #log li { padding: .15rem 0; overflow-wrap: anywhere; }
        #log time { color: var(--soft); margin-right: .75em; }
        pre { margin: 0; padding: .9rem; overflow-x: auto; background: var(--back); border-radius: .5rem; }
        form, .row { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; }
        input { flex: 1 1 14rem; min-width: 0; }
        input, button { font: inherit; padding: .4rem .8rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--back); color: inherit; }
        ::placeholder { color: var(--soft); opacity: 1; }
        button { cursor: pointer; font-weight: 600; }
        :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
        .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
        </style>
        </head>
        <body>
        <header>
          <h1>Taskflow</h1>
          <span id="state" role="status" data-state="connecting">Connecting…</span>
          <span id="seen"></span>
        </header>
        <main>
          <section aria-labelledby="tasks-title">
            <h2 id="tasks-title">Tasks</h2>
            <p id="empty">Nothing yet. A task that is created now appears here by itself.</p>
            <div class="scroll"><table aria-labelledby="tasks-title">
              <thead><tr><th scope="col">Title</th><th scope="col">Status</th><th scope="col" class="number">Priority</th><th scope="col">Project</th><th scope="col">Id</th></tr></thead>
              <tbody id="tasks"></tbody>
            </table></div>
          </section>
          <section aria-labelledby="token-title">
            <h2 id="token-title">Token</h2>
            <p>With a token the page also shows the tasks that are there already, and a server with tokens of its own lets it in. It is kept in this page alone.</p>
            <form id="access">
              <label for="token" class="hidden">Token</label>
              <input id="token" type="password" autocomplete="off" spellcheck="false" placeholder="Token">
              <button>Use it</button>
              <span id="access-note" role="status"></span>
            </form>
          </section>
          <section aria-labelledby="log-title">
            <h2 id="log-title">Events</h2>
            <p>As they come over <code id="address"></code>, the newest first.</p>
            <ol id="log" tabindex="0" aria-labelledby="log-title"></ol>
          </section>
          <section aria-labelledby="snippet-title">
            <h2 id="snippet-title">Your own client</h2>
            <p>Paste this into the browser’s console, or into Node.</p>
            <pre tabindex="0" aria-labelledby="snippet-title"><code id="snippet">// Browser or Node.js
        const ws = new WebSocket("ws://localhost:3000/ws/tasks");

        // Connection opened
        ws.onopen = () =&gt; {
          console.log("Connected");
          ws.send(JSON.stringify({ message: "Hello" }));
        };

        // Message received
        ws.onmessage = (event) =&gt; {
          const msg = JSON.parse(event.data);
          console.log("Server sent:", msg);
          // Update UI here
        };

        // Connection closed
        ws.onclose = () =&gt; {
          console.log("Disconnected");
        };</code></pre>
            <p class="row"><button id="copy" type="button">Copy</button><span id="copied" role="status"></span></p>
          </section>
        </main>
        <script nonce="NONCE">
        "use strict";
        const find = (id) => document.getElementById(id);
        const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/tasks`;
        const logLimit = 200, rowLimit = 1000;
        let socket, token = "", failures = 0, seen = 0, retry, touched = new Set();

        find("address").textContent = address;
        find("snippet").textContent = find("snippet").textContent.replace("ws://localhost:3000/ws/tasks", address);

        function show(state, text) {
          find("state").dataset.state = state;
          find("state").textContent = text;
        }

        function connect() {
          clearTimeout(retry);
          show("connecting", "Connecting…");
          // Browsers cannot set headers on a WebSocket, so the token is one of the protocols it offers.
          const current = socket = new WebSocket(address, token ? ["taskflow.v1", "taskflow.bearer." + token] : []);
          current.onopen = () => { if (current === socket) { failures = 0; show("open", "Connected"); } };
          current.onmessage = (message) => { if (current === socket) receive(message.data); };
          current.onclose = (event) => {
            if (current !== socket) return;
            if (event.code >= 3500 && event.code < 4000) return show("closed", "Not let in: " + (event.reason || event.code));
            const delay = Math.min(30000, 500 * 2 ** Math.min(failures++, 6)) * (0.5 + Math.random() / 2);
            show("closed", `Disconnected, next try in ${(delay / 1000).toFixed(1)} s`);
            retry = setTimeout(connect, delay);
          };
        }

        function receive(text) {
          let event;
          try { event = JSON.parse(text); } catch { return; }
          if (event === null || typeof event !== "object") return;
          seen += 1;
          find("seen").textContent = seen === 1 ? "1 message" : `${seen} messages`;
          log(event);
          if (event.event === "connection.ready") load();
          if (!event.task) return;
          touched.add("task-" + event.task.id);
          if (event.event === "task.deleted") forget(event.task.id); else place(event.task, true);
        }

        function log(event) {
          const line = document.createElement("li"), time = document.createElement("time");
          const at = new Date(event.timestamp ?? Date.now());
          time.dateTime = at.toISOString();
          time.textContent = at.toLocaleTimeString();
          const about = event.task ? `${event.task.title ?? event.task.id}` : event.message ?? event.clientId ?? "";
          line.append(time, `${event.event} ${about}`);
          find("log").prepend(line);
          while (find("log").childElementCount > logLimit) find("log").lastElementChild.remove();
        }

        const rowOf = (id) => document.getElementById("task-" + id);

        function place(task, isNew) {
          let row = rowOf(task.id);
          if (!row) {
            row = document.createElement("tr");
            row.id = "task-" + task.id;
            for (const name of ["title", "status", "number", "project", "id"]) row.insertCell().className = name;
            find("tasks").prepend(row);
            while (find("tasks").childElementCount > rowLimit) find("tasks").lastElementChild.remove();
          }
          const values = [task.title, task.status, task.priority, task.project ?? "–", task.id];
          // Text, never HTML: a title may hold anything.
          values.forEach((value, index) => { row.cells[index].textContent = value; });
          if (isNew) {
            row.classList.remove("changed");
            void row.offsetWidth;
            row.classList.add("changed");
          }
          find("empty").hidden = true;
        }

        function forget(id) {
          rowOf(id)?.remove();
          find("empty").hidden = find("tasks").childElementCount > 0;
        }

        // What was missed while there was no connection. Events that come meanwhile are newer than the answer.
        async function load() {
          if (!token) return;
          const newer = touched = new Set();
          try {
            const answer = await fetch("/tasks?limit=1000", { headers: { Authorization: "Bearer " + token } });
            find("access-note").textContent = answer.ok ? "" : answer.status === 401 ? "The token is not right." : `The server answered ${answer.status}.`;
            if (!answer.ok) return;
            const tasks = await answer.json(), ids = new Set(tasks.map((task) => "task-" + task.id));
            const isAll = !answer.headers.has("Link");
            for (const row of [...find("tasks").rows]) if (isAll && !ids.has(row.id) && !newer.has(row.id)) row.remove();
            for (const task of tasks) if (!newer.has("task-" + task.id)) place(task, false);
            find("empty").hidden = find("tasks").childElementCount > 0;
          } catch { find("access-note").textContent = "The server cannot be reached."; }
        }

        find("access").addEventListener("submit", (event) => {
          event.preventDefault();
          token = find("token").value.trim();
          failures = 0;
          socket.close();
          connect();
          load();
        });

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
        </script>
        </body>
        </html>

        """#
}
