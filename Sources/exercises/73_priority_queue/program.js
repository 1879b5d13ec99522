class TaskArray {
  tasks = [];
  comparisons = 0;

  goesBefore(a, b) {
    this.comparisons += 1;
    return a.priority === b.priority ? a.number < b.number : a.priority > b.priority;
  }

  // The children of the task at i stand at 2i + 1 and 2i + 2; a new task climbs while it goes before its parent.
  push(task) {
    let child = this.tasks.length;
    this.tasks.push(task);
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.goesBefore(this.tasks[child], this.tasks[parent])) break;
      this.swap(child, parent);
      child = parent;
    }
  }

  // The last one takes the place of the first, and sinks while a child goes before it.
  pop() {
    this.swap(0, this.tasks.length - 1);
    const first = this.tasks.pop();
    let parent = 0;
    while (2 * parent + 1 < this.tasks.length) {
      let child = 2 * parent + 1;
      if (child + 1 < this.tasks.length && this.goesBefore(this.tasks[child + 1], this.tasks[child])) child += 1;
      if (!this.goesBefore(this.tasks[child], this.tasks[parent])) break;
      this.swap(child, parent);
      parent = child;
    }
    return first;
  }

  swap(i, j) { [this.tasks[i], this.tasks[j]] = [this.tasks[j], this.tasks[i]]; }

  // The most urgent task is the last one. Returns how many had to move.
  insert(task) {
    let low = 0;
    let high = this.tasks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.goesBefore(this.tasks[middle], task)) high = middle;
      else low = middle + 1;
    }
    this.tasks.splice(low, 0, task);
    return this.tasks.length - 1 - low;
  }
}

const show = task => `${task.priority}${'abcdef'[task.number]}`;
const small = new TaskArray();
[5, 1, 9, 5, 9, 5].forEach((priority, number) => {
  small.push({ priority, number });
  console.log(`push ${show({ priority, number })}: ${small.tasks.map(show).join(' ')}`);
});
while (small.tasks.length > 0) console.log(`pop ${show(small.pop())}`);

let seed = 1;
function makeTask(number) {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return { priority: seed >>> 16, number };
}
const row = (...cells) => console.log(cells.map(cell => String(cell).padStart(13)).join(''));
const average = (total, count) => (Math.floor(total * 10 / count) / 10).toFixed(1);

row('', 'heap', '', 'sorted array');
row('', 'a push', 'a pop', 'an insertion');
row('tasks', 'comparisons', 'comparisons', 'comparisons', 'moves');
for (const count of [1000, 10000, 100000]) {
  const heap = new TaskArray();
  for (let number = 0; number < count; number++) heap.push(makeTask(number));
  const pushed = heap.comparisons;

  const sorted = new TaskArray();
  while (heap.tasks.length > 0) sorted.tasks.push(heap.pop());
  const popped = heap.comparisons - pushed;

  sorted.tasks.reverse();
  let moves = 0;
  for (let number = 0; number < 100; number++) moves += sorted.insert(makeTask(count + number));
  const inserted = sorted.comparisons;
  row(count, average(pushed, count), average(popped, count), average(inserted, 100), average(moves, 100));
}
