class HashMap {
  count = 0;
  chains = Array.from({ length: 8 }, () => []);

  // The hash (FNV-1a, 32 bits) says in which chain a task stands.
  chain(id) {
    let hash = 2166136261;
    for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 16777619);
    return this.chains[(hash >>> 0) % this.chains.length];
  }

  insert(task) {
    if (this.count === this.chains.length) this.grow();
    this.chain(task.id).push(task);
    this.count += 1;
  }

  // Twice as many chains, so that they stay short.
  grow() {
    const tasks = this.chains.flat();
    this.chains = Array.from({ length: 2 * this.chains.length }, () => []);
    for (const task of tasks) this.chain(task.id).push(task);
  }

  remove(id) {
    const chain = this.chain(id);
    const place = chain.findIndex(task => task.id === id);
    chain.splice(place, 1);
    this.count -= 1;
  }
}

function lookUp(id, tasks) {
  let steps = 0;
  for (const task of tasks) {
    steps += 1;
    if (task.id === id) return { task, steps };
  }
  return { task: null, steps };
}

function row(...cells) {
  console.log(cells.map(cell => String(cell).padStart(9)).join(''));
}

// Of 100 lookups.
function average(steps) {
  return (steps.reduce((sum, count) => sum + count, 0) / 100).toFixed(2);
}

function makeTasks(count) {
  return Array.from({ length: count }, (_, index) => ({ id: `task-${index + 1}` }));
}

function makeMap(tasks) {
  const map = new HashMap();
  for (const task of tasks) map.insert(task);
  return map;
}

row('', '', 'a list', '', 'a map');
row('tasks', 'average', 'worst', 'average', 'worst');
for (const count of [1000, 10000, 100000]) {
  const list = makeTasks(count);
  const map = makeMap(list);
  const wanted = list.filter((_, index) => (index + 1) % (count / 100) === 0);
  const inList = wanted.map(task => lookUp(task.id, list).steps);
  const inMap = wanted.map(task => lookUp(task.id, map.chain(task.id)).steps);
  row(count, average(inList), Math.max(...inList), average(inMap), Math.max(...inMap));
}

const tasks = makeTasks(1000);
const map = makeMap(tasks);
const countFound = () => tasks.filter(task => lookUp(task.id, map.chain(task.id)).task === task).length;
console.log(`of 1000 tasks ${countFound()} are found`);
for (const task of tasks.slice(0, 500)) map.remove(task.id);
console.log(`500 removed: ${countFound()} are found`);
for (const task of tasks.slice(0, 200)) map.insert(task);
console.log(`200 put back: ${countFound()} are found`);
