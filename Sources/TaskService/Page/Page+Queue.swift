extension Page {
    /// The part of the page that shows the queue.
    static let queueHTML = #"""
          <section aria-labelledby="queue-title">
            <h2 id="queue-title">Queue</h2>
            <p id="queue-about" role="status"></p>
            <ul id="states" aria-label="Tasks by state" hidden></ul>
            <ol id="failed" aria-label="Failed tasks" hidden></ol>
            <p id="queue-note" role="status"></p>
          </section>
        """#

    static let queueStyle = #"""
        #states, #failed { margin: 0; padding: 0; list-style: none; }
        #states { display: flex; flex-wrap: wrap; gap: .4rem 1.5rem; }
        #states[hidden], #failed[hidden], #queue-note:empty { display: none; }
        #states li { white-space: nowrap; color: var(--soft); }
        #states b { color: var(--text); font-size: 1.15rem; }
        #states [data-state=failed].some b, #failed .error { color: var(--bad); }
        #failed { margin-top: .75rem; max-height: 24rem; overflow-y: auto; }
        #failed li { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1rem; padding: .5rem 0; border-top: 1px solid var(--line); }
        #failed .title { flex: 1 1 12rem; min-width: 0; font-weight: 600; }
        #failed .error { flex: 1 0 100%; margin: 0; min-width: 0; overflow-wrap: anywhere; }
        #failed .more { flex: 1 0 100%; margin: 0; font-size: .85rem; }
        """#

    /// The script of the queue: how many tasks are in each state, and those that have failed.
    static let queue = #"""
        // The queue

        const states = ["waiting", "scheduled", "ready", "running", "held", "completed", "failed", "cancelled"];
        const failedLimit = 20;
        let isReviewed = false, isStale = false;

        // What stands there is asked for anew when something has happened, and at most once a second.
        async function review() {
          isStale = true;
          if (isReviewed) return;
          isReviewed = true;
          while (isStale) {
            isStale = false;
            await lookAtQueue();
            await new Promise((done) => setTimeout(done, 1000));
          }
          isReviewed = false;
        }

        async function lookAtQueue() {
          const credential = token, about = find("queue-about");
          find("states").hidden = find("failed").hidden = !credential;
          if (!credential) return about.replaceChildren("How many tasks wait, run and have failed needs a token: enter one under ", link(), ".");
          try {
            const [projects, failed] = await Promise.all([answerOf("/projects"),
              answerOf(`/tasks?state=failed&order=newest&view=full&limit=${failedLimit}`)]);
            if (credential !== token) return void (isStale = true);
            const counts = Object.fromEntries(states.map((state) => [state, 0]));
            for (const project of projects) for (const state of states) counts[state] += project.counts[state] ?? 0;
            showStates(counts);
            showFailed(failed);
            const shown = failed.length < counts.failed ? `, of which the newest ${failed.length} are shown` : "";
            about.textContent = counts.failed === 0 ? "No task has failed." : `${count(counts.failed, "task")} failed${shown}.`;
          } catch {
            about.textContent = "How the queue stands could not be read.";
          }
        }

        async function answerOf(path) {
          const answer = await ask(path);
          if (!answer.ok) throw new Error(String(answer.status));
          return answer.json();
        }

        function showStates(counts) {
          find("states").replaceChildren(...states.map((state) => {
            const item = document.createElement("li"), number = document.createElement("b");
            item.dataset.state = state;
            item.classList.toggle("some", counts[state] > 0);
            number.textContent = counts[state];
            item.append(number, " ", state);
            return item;
          }));
        }

        // The lines that are there already stay: one of their buttons may have the focus.
        function showFailed(tasks) {
          const list = find("failed"), former = new Map([...list.children].map((item) => [item.dataset.task, item]));
          tasks.forEach((task, index) => {
            const item = former.get(task.id) ?? failedItem(task.id);
            former.delete(task.id);
            const [title, button, error, more] = item.children;
            title.textContent = task.title;
            button.setAttribute("aria-label", `Retry ${short(task.title)}`);
            error.textContent = task.error ? [task.error.code, task.error.message].filter(Boolean).join(": ") : "Set to failed by hand.";
            more.replaceChildren([task.type, task.project, count(task.attempt, "attempt"), ""].filter((part) => part != null).join(" · "),
              unbroken(task.id));
            if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
          });
          for (const item of former.values()) item.remove();
          list.hidden = tasks.length === 0;
        }

        function failedItem(id) {
          const item = document.createElement("li");
          item.dataset.task = id;
          for (const [kind, name] of [["span", "title"], ["button", "retry"], ["p", "error"], ["p", "more"]]) {
            const part = document.createElement(kind);
            part.className = name;
            item.append(part);
          }
          item.children[1].textContent = "Retry";
          return item;
        }

        find("failed").addEventListener("click", async ({ target }) => {
          if (target.className !== "retry") return;
          const id = target.parentElement.dataset.task, title = target.previousElementSibling.textContent;
          target.disabled = true;
          find("queue-note").textContent = await retried(id, title);
          target.disabled = false;
          review();
        });

        async function retried(id, title) {
          try {
            const answer = await ask(`/tasks/${encodeURIComponent(id)}/retry`, token, { method: "POST", body: "{}" });
            if (answer.ok) return `“${short(title)}” is tried again.`;
            if (answer.status === 403) return "Only the admin’s token lets a task be tried again.";
            return (await answer.json()).error.message;
          } catch {
            return "The server cannot be reached.";
          }
        }
        """#
}
