extension Page {
    /// The script of the connection: how it comes back, and where in the server's history of events the page stands.
    static let connection = #"""
        // The connection

        // A random time below a bound that doubles: so the pages of a server that restarts do not come back all at once. In
        // milliseconds, as the Backoff of the programs.
        const shortest = 500, longest = 20000;
        let socket, retry, bound = shortest;

        function show(state, text) {
          find("state").dataset.state = state;
          find("state").textContent = text;
        }

        function connect() {
          clearTimeout(retry);
          show("connecting", "Connecting…");
          const former = socket;
          let openedAt = Infinity;
          // Browsers cannot set headers on a WebSocket, so the token is one of the protocols it offers.
          const current = socket = new WebSocket(address + since(), token ? ["taskflow.v1", "taskflow.bearer." + token] : []);
          former?.close();
          replay = snapshot = null;
          current.onopen = () => {
            if (current !== socket) return;
            openedAt = performance.now();
            show("open", "Connected");
            describe();
          };
          current.onmessage = (message) => { if (current === socket) receive(message.data); };
          current.onclose = (event) => {
            if (current !== socket) return;
            wasLost = true;
            if (event.code >= 3500 && event.code < 4000) return show("closed", "Not let in: " + (event.reason || event.code));
            if (performance.now() - openedAt > longest) bound = shortest;
            // A server that stops beside others says when it wants each page back.
            const hint = Math.min(60000, Number(/come back in (\d{1,9}) ms$/.exec(event.reason)?.[1] ?? 0));
            const delay = Math.max(hint, bound * Math.random());
            bound = Math.min(longest, 2 * bound);
            show("closed", `Disconnected, next try in ${(delay / 1000).toFixed(1)} s`);
            retry = setTimeout(connect, delay);
            if (openedAt === Infinity) explain(current);
          };
        }

        // Where the page stands

        // The last event that it had: { epoch, seq }. While missed events come `replay` is the number of the last one; while
        // the pages of a snapshot come `snapshot` has the rows that none of them has named yet.
        let position = null, replay = null, snapshot = null, missed = 0, wasLost = false;

        // Empty is from now on.
        function since() {
          return "?since=" + (position ? `${position.seq}&epoch=${encodeURIComponent(position.epoch)}` : "");
        }

        function greet({ epoch, seq, recovered }) {
          if (typeof epoch !== "string" || !Number.isSafeInteger(seq)) {
            position = null;
          } else if (position?.epoch === epoch && recovered === true) {
            replay = seq;
            moveTo(position.seq);
            if (isListed) return;
          } else if (position && recovered === false) {
            snapshot = { epoch, count: 0, rows: new Set([...find("tasks").rows].map((row) => row.id)) };
          } else {
            position = { epoch, seq };
            missed = 0;
            wasLost = false;
          }
          load();
        }

        const wasHere = (seq) => position !== null && snapshot === null && seq <= position.seq;

        // All up to `seq` is here.
        function moveTo(seq) {
          if (position === null || snapshot !== null || !(seq >= position.seq)) return;
          position.seq = seq;
          if (replay === null || seq < replay) return;
          if (wasLost) say(missed === 0 ? "Resumed: nothing was missed" : `Resumed: ${count(missed, "missed event")} came`);
          replay = null;
          missed = 0;
        }

        // The tasks of a snapshot are too many for a table, perhaps; so they only correct the rows that are there.
        function takePage({ tasks, seq, more }) {
          if (snapshot === null || !Array.isArray(tasks)) return;
          for (const task of tasks) if (snapshot.rows.delete("task-" + task.id)) place(task, false);
          snapshot.count += tasks.length;
          if (more) return;
          for (const id of snapshot.rows) forget(id.slice(5));
          say(`Not resumed: missed events are gone; a snapshot of ${count(snapshot.count, "task")} came`);
          position = { epoch: snapshot.epoch, seq };
          snapshot = null;
          missed = 0;
          describe();
        }

        const count = (number, name) => `${number} ${name}${number === 1 ? "" : "s"}`;

        function say(text) {
          write(undefined, text);
          wasLost = false;
        }
        """#
}
