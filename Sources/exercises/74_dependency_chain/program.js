const goesBefore = (a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1);

function resolve(tasks) {
  for (const task of tasks.values()) {
    for (const id of task.needs) {
      if (!tasks.has(id)) return `${task.id} needs ${id}, which does not exist`;
    }
  }

  // How many dependencies of a task are not ordered yet, and which tasks wait for it.
  const unmet = new Map();
  const waiting = new Map();
  for (const task of tasks.values()) {
    unmet.set(task, task.needs.length);
    for (const id of task.needs) waiting.set(id, [...waiting.get(id) ?? [], task]);
  }

  const order = [];
  const ready = [...tasks.values()].filter(task => unmet.get(task) === 0);
  while (ready.length > 0) {
    ready.sort(goesBefore);
    const task = ready.shift();
    order.push(task.id);
    for (const other of waiting.get(task.id) ?? []) {
      unmet.set(other, unmet.get(other) - 1);
      if (unmet.get(other) === 0) ready.push(other);
    }
  }
  return order.length === tasks.size ? order : findCycle(tasks, unmet);
}

// From a task that was never ready to one that it needs and that was not either, until one is met again.
function findCycle(tasks, unmet) {
  const path = [];
  let task = [...tasks.values()].find(task => unmet.get(task) > 0);
  while (!path.includes(task.id)) {
    path.push(task.id);
    task = task.needs.map(id => tasks.get(id)).find(task => unmet.get(task) > 0);
  }
  return [...path.slice(path.indexOf(task.id)), task.id].join(' -> ');
}

const tasks = new Map();
const add = (id, priority, needs) => tasks.set(id, { id, priority, needs });
add('release', 9, ['test', 'document']);
add('test', 5, ['build']);
add('document', 7, ['design']);
add('build', 5, ['design']);
add('design', 1, []);
add('celebrate', 8, []);
console.log(`order: ${resolve(tasks).join(', ')}`);

add('design', 1, ['celebrate', 'test']);
console.log(`cycle: ${resolve(tasks)}`);

add('design', 1, ['paper']);
console.log(`missing: ${resolve(tasks)}`);

tasks.clear();
for (let id = 1; id <= 100000; id++) add(id, 1, id < 100000 ? [id + 1] : []);
const order = resolve(tasks);
const isRight = order.every((id, index) => id === 100000 - index);
const ends = `from ${order[0]} to ${order.at(-1)}`;
console.log(`chain of ${order.length}: ${ends}, each after what it needs: ${isRight}`);
