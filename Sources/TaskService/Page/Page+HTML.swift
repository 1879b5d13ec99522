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
        \#(style)
        \#(queueStyle)
        </style>
        </head>
        <body>
        <header>
          <h1>Taskflow</h1>
          <span id="state" role="status" data-state="connecting">Connecting…</span>
          <span id="seen"></span>
        </header>
        <main>
        \#(queueHTML)
          <section aria-labelledby="tasks-title">
            <h2 id="tasks-title">Tasks</h2>
            <p id="about" role="status"></p>
            <p id="empty">Nothing yet. A task that is created now appears here by itself.</p>
            <table aria-labelledby="tasks-title">
              <thead><tr><th scope="col">Title</th><th scope="col" class="status">Status</th><th scope="col" class="number">Priority</th><th scope="col" class="project">Project</th><th scope="col" class="id">Id</th></tr></thead>
              <tbody id="tasks"></tbody>
            </table>
          </section>
          <section aria-labelledby="token-title">
            <h2 id="token-title">Token</h2>
            <p>With a token the page also shows the tasks that are there already, and a server with tokens of its own lets it in. The token is kept until this tab is closed; an empty field forgets it.</p>
            <form id="access">
              <label for="token" class="hidden">Token</label>
              <input id="token" type="password" autocomplete="off" spellcheck="false" placeholder="Token" aria-describedby="access-note">
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
            <p>Paste this into the browser’s console, or save it as client.js and run it with Node.</p>
            <pre tabindex="0" aria-labelledby="snippet-title"><code id="snippet">// Browser, Node 22; Node 20 after: npm install ws
        const Socket = globalThis.WebSocket ?? require("ws");
        const ws = new Socket("ws://localhost:3000/ws/tasks");
        // With a token: new Socket(…, ["taskflow.v1", "taskflow.bearer.TOKEN"])

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

        // No connection, or one that broke
        ws.onerror = () =&gt; {
          console.log("No connection");
        };

        // Connection closed
        ws.onclose = () =&gt; {
          console.log("Disconnected");
        };</code></pre>
            <p class="row"><button id="copy" type="button">Copy</button><span id="copied" role="status"></span></p>
          </section>
        </main>
        <script nonce="NONCE">
        \#(script)
        </script>
        </body>
        </html>

        """#
}
