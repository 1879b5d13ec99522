// The lists: the tasks in each state, and all of them. Each is loaded a page at a time, as far as it was looked at.

const pageSize = 100, keptLimit = 2000;
let order = "newest", project = null;

/// A part of the server's list: ids in its order, as far as they were loaded.
class TaskList {
  constructor(state) {
    // From `begin` up to `end` it is as the server's; without `begin`, from the list's beginning on.
    Object.assign(this, { state, ids: [], begin: undefined, end: undefined, isWhole: false, isLoading: false, question: null });
    Object.assign(this, { rolling: null, tries: new Tries() });
  }

  /// Where the id stands, or would.
  placeOf(id) {
    let low = 0, high = this.ids.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(this.ids[middle], id)) low = middle + 1; else high = middle;
    }
    return low;
  }

  /// Whether it would be known if the list had that id.
  covers(id) {
    if (this.begin !== undefined && isBefore(id, this.begin)) return false;
    return this.isWhole || !token || this.end !== undefined && !isBefore(this.end, id);
  }

  /// Adds it, unless it belongs behind what is loaded, or is being loaded. Says whether it is there.
  add(id) {
    const index = this.placeOf(id);
    if (this.ids[index] === id) return true;
    if (!this.isLoading && !this.covers(id)) return false;
    this.ids.splice(index, 0, id);
    this.shorten();
    this.redraw();
    return this.ids[this.placeOf(id)] === id;
  }

  remove(id) {
    const index = this.placeOf(id);
    if (this.ids[index] !== id) return;
    this.ids.splice(index, 1);
    this.redraw();
  }

  /// Lets go of what was loaded long ago, or has come since, where it is far from what is on the screen.
  shorten() {
    // A page that is on its way joins on to an end that is there.
    if (this.isLoading || this.ids.length <= keptLimit + pageSize) return;
    const looked = this.rolling?.looked ?? 0, first = looked <= keptLimit || !token ? 0 : looked - keptLimit / 2;
    // Where the list was scrolled since it was drawn, it could not be held in its place.
    if (first > 0 && this.rolling.anchor === null) return;
    const former = this.ids;
    this.ids = former.slice(first, first + keptLimit);
    if (first > 0) this.begin = this.ids[0];
    if (first + keptLimit < former.length) [this.isWhole, this.end] = [false, this.ids.at(-1)];
    for (const id of [...former.slice(0, first), ...former.slice(first + keptLimit)]) release(id);
  }

  /// Lets go of what came while the list was loading, and lies behind it.
  trim() {
    const former = this.ids;
    this.ids = former.filter((id) => this.covers(id));
    if (this.ids.length < former.length) for (const id of former) if (!this.covers(id)) release(id);
  }

  redraw() {
    this.rolling?.redraw();
    // The count above a column is not below what stands in it.
    beforeFrame(showCounts);
  }

  /// Asks for the next page behind what is there, or, `isBack`, for the one before it. What happens behind the first one has
  /// to be heard: before the page stands somewhere in the history it asks for none.
  async load(isAnew = false, isBack = false) {
    if (!token || !isAnew && (position === null || this.isLoading || this.tries.isPlanned)) return;
    if (!isAnew && (isBack ? this.begin === undefined : this.isWhole)) return;
    // What was asked before is not waited for any more.
    questions.delete(this.question);
    const changed = this.question = new Set();
    this.isLoading = true;
    questions.add(changed);
    try {
      const after = isAnew ? undefined : isBack ? this.begin : this.end;
      const answer = await ask(listPath(this.state, after, isBack));
      if (!answer.ok) throw new Refusal(answer.status === 401 ? wrongToken : `The server answered ${answer.status}.`, answer.status);
      const page = parseAnswer(await answer.text());
      if (changed !== this.question) return;
      // So many have changed meanwhile that not all are known.
      if (changed.size > changesLimit) return void setTimeout(() => this.load(isAnew, isBack));
      this.takePage(page, after, changed, !answer.headers.has("Link"), isBack);
    } catch (error) {
      if (changed === this.question) this.fail(error instanceof Refusal ? error : new Refusal(noServer), isAnew, isBack);
    } finally {
      questions.delete(changed);
      if (changed === this.question) {
        this.isLoading = false;
        this.trim();
      }
    }
  }

  fail(refusal, isAnew, isBack) {
    note(refusal.message, true);
    if (!this.tries.areFailing) say("Not all tasks could be read. " + refusal.message);
    if (refusal.mayPass) this.tries.plan(() => this.load(isAnew, isBack));
    beforeFrame(showCounts);
  }

  enter(task) {
    const former = tasks.get(task.id), index = this.placeOf(task.id);
    if (former && former.state !== task.state) lists.get(former.state).remove(task.id);
    link(task, former);
    tasks.set(task.id, task);
    if (this.ids[index] !== task.id) this.ids.splice(index, 0, task.id);
    redrawRows(task.id);
  }

  clear() {
    for (const id of this.ids.splice(0)) release(id);
    Object.assign(this, { begin: undefined, end: undefined, isWhole: false, isLoading: false, question: null });
    this.tries.succeed();
    this.redraw();
  }

  takePage(page, after, changed, isLast, isBack) {
    this.tries.succeed();
    const listed = new Set(page.map((task) => task.id)), former = this.ids;
    if (isBack) {
      this.begin = isLast ? undefined : page.at(-1).id;
    } else {
      if (!isLast) this.end = page.at(-1).id;
      this.isWhole = isLast;
    }
    if (after === undefined) {
      this.begin = undefined;
      // What was there before and is not in the page is gone, or lies behind it.
      this.ids = former.filter((id) => changed.has(id));
      for (const id of former) if (!listed.has(id) && !changed.has(id)) release(id);
    }
    for (const task of page) {
      if (changed.has(task.id)) continue;
      this.enter(complete(task));
      if (mayBeOld(task, changed)) lookAgain(task.id);
    }
    this.redraw();
    describe();
    // One of them may need the task whose page is open.
    showTask();
  }
}

const lists = new Map([...states, "all"].map((state) => [state, new TaskList(state)]));

/// Ids grow with time.
const isBefore = (left, right) => order === "newest" ? left > right : left < right;
const isShown = (task) => project === null || task.project === project;
const isListed = (id) => [...lists.values()].some((list) => list.ids[list.placeOf(id)] === id);

function listPath(state, after, isBack = false) {
  const way = isBack ? { newest: "oldest", oldest: "newest" }[order] : order;
  const query = new URLSearchParams({ order: way, limit: pageSize, view: "full" });
  if (state !== "all") query.set("state", state);
  if (project !== null) query.set("project", project);
  if (after !== undefined) query.set("after", after);
  return "/tasks?" + query;
}

/// Puts a task where it belongs, and says whether any list has it.
function place(task, former) {
  if (former && former.state !== task.state) lists.get(former.state).remove(task.id);
  if (!isShown(task)) {
    if (former) unplace(former);
    return false;
  }
  const isInColumn = lists.get(task.state).add(task.id), isInTable = lists.get("all").add(task.id);
  redrawRows(task.id);
  return isInColumn || isInTable;
}

function unplace(task) {
  lists.get(task.state).remove(task.id);
  lists.get("all").remove(task.id);
}

/// Forgets a task that a list has let go of, if no other list has it.
function release(id) {
  if (tasks.has(id) && id !== openTask && !isListed(id)) drop(id);
}

function clearLists() {
  for (const list of lists.values()) list.clear();
}

/// What needs the open task is known as far as the tasks that wait are listed.
const isLookedAt = (list) => list.rolling?.isVisible || openTask !== null && list.state === "waiting";

/// All that can be seen, from the beginning: also what came while there was no connection.
function listAnew() {
  review();
  if (!token) {
    forgetTasks();
    return describe();
  }
  for (const list of lists.values()) if (isLookedAt(list)) list.load(true); else list.clear();
  readOpenTask();
}
