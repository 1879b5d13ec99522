// A list of which only the rows on the screen are in the document, however many it has.

const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
const spareRows = 3;
const rollings = new Set();
/// The one that had the focus last.
let lastFocused = null;
/// The task to which the focus has gone because its neighbour left. The person at the keys may not know yet: the next key
/// was perhaps meant for the other one.
let unsought = null;
document.addEventListener("focusin", () => { unsought = null; });

class Rolling {
  /// `source` has `ids`, in their order; perhaps `placeOf(id)`, `load()` for what lies behind them, and `begin` where
  /// something lies before them. `makeRow` makes an empty row, in which one element has the class `focus`, and `fillRow`
  /// writes what there is to say of an id.
  constructor(box, source, { height, makeRow, fillRow, role = "list" }) {
    Object.assign(this, { box, source, makeRow, fillRow, unit: height, rows: new Map(), stale: new Set() });
    this.current = this.anchor = null;
    this.scrolled = 0;
    this.body = make(role === "list" ? "ul" : "div", { role: role === "list" ? "list" : "rowgroup", className: "rows" });
    box.classList.add("rolling");
    box.append(this.body);
    this.draw = this.draw.bind(this);
    new ResizeObserver(() => this.measure()).observe(box);
    box.addEventListener("scroll", () => this.follow(), { passive: true });
    box.addEventListener("keydown", (event) => this.press(event));
    box.addEventListener("focusin", ({ target }) => {
      lastFocused = this;
      this.mark(target.closest("[data-id]")?.dataset.id ?? this.current);
    });
    rollings.add(this);
  }

  get isVisible() { return this.room > 0; }
  get isAtTop() { return this.scrolled < this.height && this.source.begin === undefined; }

  /// How many rows there are up to the last that is looked at.
  get looked() {
    if (!(this.height > 0)) return 0;
    const first = this.anchor === null || this.isAtTop ? Math.floor(this.scrolled / this.height) : this.source.placeOf(this.anchor);
    return first + Math.ceil(this.room / this.height) + 1;
  }

  measure() {
    this.room = this.box.clientHeight;
    this.height = this.unit * rem();
    this.redraw(true);
  }

  redraw(isAnew = false) {
    this.isStale ||= isAnew;
    if (this.room > 0) beforeFrame(this.draw);
  }

  refill(id) {
    if (!this.rows.has(id)) return;
    this.stale.add(id);
    this.redraw();
  }

  /// Where the person scrolls to, the row that is looked at is another. What `hold` has done leaves it the same.
  follow() {
    if (Math.abs(this.box.scrollTop - this.scrolled) < 1) return;
    this.anchor = null;
    this.scrolled = this.box.scrollTop;
    this.redraw();
  }

  draw() {
    const { ids } = this.source;
    if (!(this.room > 0)) return;
    this.hold(ids);
    const first = Math.max(0, Math.floor(this.scrolled / this.height) - spareRows);
    const last = Math.min(ids.length, Math.ceil((this.scrolled + this.room) / this.height) + spareRows);
    const height = `${ids.length * this.height}px`;
    if (this.body.style.height !== height) this.body.style.height = height;
    const shown = ids.slice(first, last), lost = this.dismiss(new Set(shown), ids);
    let place = this.body.firstElementChild;
    shown.forEach((id, index) => {
      const row = this.show(id, first + index, ids.length);
      // In the document they stand as on the screen.
      if (row === place) place = row.nextElementSibling; else this.body.insertBefore(row, place);
    });
    this.isStale = false;
    this.stale.clear();
    this.anchor = ids[Math.floor(this.scrolled / this.height)] ?? null;
    if (!shown.includes(this.current)) this.mark(ids[Math.min(Math.floor(this.scrolled / this.height), ids.length - 1)] ?? null);
    // The neighbour is one on the screen: what was let go of far from it does not move the list.
    const top = Math.ceil(this.scrolled / this.height), bottom = Math.max(top, Math.floor((this.scrolled + this.room) / this.height) - 1);
    if (lost !== undefined && this.focus(Math.min(Math.max(lost, top), bottom, ids.length - 1))) unsought = this.current;
    if (last > ids.length - 20) this.source.load?.();
    if (first < 20 && this.source.begin !== undefined) this.source.load(false, true);
  }

  /// What is looked at stays where it is when rows come or go above it.
  hold(ids) {
    if (this.anchor === null || this.isAtTop || !this.source.placeOf) return;
    const place = this.source.placeOf(this.anchor), moved = place - Math.floor(this.scrolled / this.height);
    if (ids[place] !== this.anchor || moved === 0) return;
    this.body.style.height = `${ids.length * this.height}px`;
    this.scrolled = Math.max(0, this.scrolled + moved * this.height);
    this.box.scrollTop = this.scrolled;
  }

  /// Takes out the rows that are not to be seen. One that has the focus stays while its task does; else its place is told.
  dismiss(shown, ids) {
    let lost;
    for (const [id, row] of this.rows) {
      if (shown.has(id)) continue;
      const hasFocus = row.contains(document.activeElement);
      if (hasFocus && ids.includes(id)) continue;
      if (hasFocus) lost = Number(row.dataset.index);
      row.remove();
      this.rows.delete(id);
    }
    return lost;
  }

  show(id, index, size) {
    let row = this.rows.get(id);
    if (!row) {
      row = this.makeRow();
      row.dataset.id = id;
      row.querySelector(".focus").tabIndex = id === this.current ? 0 : -1;
      this.rows.set(id, row);
      this.fillRow(row, id);
    } else if (this.isStale || this.stale.has(id)) {
      this.fillRow(row, id);
    }
    const place = `translateY(${index * this.height}px)`;
    if (row.style.transform !== place) row.style.transform = place;
    row.dataset.index = index;
    if (row.role === "row") {
      setAttribute(row, "aria-rowindex", String(index + 2));
    } else {
      setAttribute(row, "aria-posinset", String(index + 1));
      setAttribute(row, "aria-setsize", String(this.source.total ?? size));
    }
    return row;
  }

  /// The one row that the tab key leads to.
  mark(id) {
    if (id === this.current) return;
    for (const [other, index] of [[this.current, -1], [id, 0]]) {
      const element = this.rows.get(other)?.querySelector(".focus");
      if (element) element.tabIndex = index;
    }
    this.current = id;
  }

  focus(index) {
    const { ids } = this.source, id = ids[index];
    if (id === undefined) return false;
    const top = index * this.height, bottom = top + this.height;
    if (top < this.scrolled) this.box.scrollTop = top;
    if (bottom > this.scrolled + this.room) this.box.scrollTop = bottom - this.room;
    this.scrolled = this.box.scrollTop;
    this.anchor = null;
    if (this.rows.has(id)) this.redraw(); else this.draw();
    this.rows.get(id)?.querySelector(".focus").focus({ preventScroll: true });
    return true;
  }

  press(event) {
    const id = event.target.closest("[data-id]")?.dataset.id, index = this.source.ids.indexOf(id);
    if (index < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.room / this.height) - 1);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -index, End: this.source.ids.length - 1 - index };
    if (!(event.key in step)) return;
    event.preventDefault();
    this.focus(Math.min(this.source.ids.length - 1, Math.max(0, index + step[event.key])));
  }
}

function redrawRows(id) { for (const rolling of rollings) rolling.refill(id); }

function redrawAll() {
  for (const rolling of rollings) rolling.redraw(true);
  showTask();
}

/// The tasks that an event has changed since the last frame: their rows show it for a moment.
const changedTasks = new Set();

function highlight(id) {
  changedTasks.add(id);
  beforeFrame(highlightRows);
}

function highlightRows() {
  for (const { rows } of rollings) for (const [id, row] of rows) {
    if (!changedTasks.has(id)) continue;
    row.classList.add("changed");
    for (const animation of row.getAnimations()) animation.currentTime = 0;
  }
  changedTasks.clear();
}

document.addEventListener("animationend", ({ target }) => target.classList.remove("changed"));
