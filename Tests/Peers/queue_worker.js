// A worker in Node, with nothing but what it brings along: `node queue_worker.js URL TOKEN TYPE`.
"use strict";
const [url, token, kind] = process.argv.slice(2), me = `node:${process.pid}`;

async function call(path, body) {
  const answer = await fetch(`${url}/tasks${path}`, {
    method: "POST", headers: { Authorization: `Bearer ${token}` }, body: JSON.stringify(body) });
  if (answer.status === 404 || answer.status === 409) return null; // The lease was lost: another worker has the task.
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

(async () => {
  for (;;) {
    const { tasks } = await call("/claim", { worker: me, types: [kind], lease: 5, wait: 20, limit: 3 });
    for (const task of tasks) await call(`/${task.id}/complete`, { fence: task.lease.fence, result: me });
  }
})();
