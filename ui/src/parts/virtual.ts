// Which rows of a long list are seen, and where the rows that are drawn stand.

/** Beyond this the positions are scaled, px: engines stop counting at 17 to 33 million. */
const MAX_PX = 8_000_000;

/** The part of a list that is drawn. */
export interface Part {
  /** First row that is drawn. */
  first: number;
  /** The row after the last one. */
  last: number;
  /** Where the first one stands in the scrolled space, px. */
  shift: number;
  /** Height of the scrolled space, px. */
  total: number;
}

/** The part of `count` rows of `size` px that is seen from `top` on, with `overscan` rows beyond each edge. */
export function partOf(count: number, size: number, top: number, height: number, overscan: number): Part {
  const full = count * size;
  const total = Math.min(full, MAX_PX);
  const offset = full <= MAX_PX || total <= height ? top : (top / (total - height)) * (full - height);
  const first = Math.min(count, Math.max(0, Math.floor(offset / size) - overscan));
  const last = Math.min(count, Math.ceil((offset + height) / size) + overscan);
  return { first, last, shift: first * size - offset + top, total };
}

/** Where to scroll so that a row is seen whole; the present place where it is. */
export function topFor(row: number, count: number, size: number, top: number, height: number): number {
  const full = count * size;
  const total = Math.min(full, MAX_PX);
  const scaled = full > MAX_PX && total > height;
  const offset = scaled ? (top / (total - height)) * (full - height) : top;
  const physical = (at: number) => (scaled ? (at / (full - height)) * (total - height) : at);
  if (row * size < offset) return physical(row * size);
  if ((row + 1) * size > offset + height) return physical((row + 1) * size - height);
  return top;
}

/** The same part with always as many rows (or all there are), so that none has to be made while it is scrolled. */
export function steadyPart(part: Part, count: number, size: number, rows: number): Part {
  const first = Math.max(0, Math.min(part.first, count - rows));
  const last = Math.min(count, first + rows);
  return { ...part, first, last, shift: part.shift + (first - part.first) * size };
}

/**
 * Which row of the document shows which row of a list, where always as many are drawn. A row that stays in sight keeps
 * its own; one that leaves at an edge gives it to the one that comes at the other; after a leap, which shares no row with
 * what was shown, each gives it to the one in its place, so that nothing is moved in the document.
 */
export class Slots {
  private base = 0;
  private first = 0;

  /** The slots of `rows` rows from `first` on. */
  of(first: number, rows: number): (number: number) => number {
    if (Math.abs(first - this.first) >= rows) this.base += first - this.first;
    this.first = first;
    const { base } = this;
    return (number) => (((number - base) % rows) + rows) % rows;
  }
}
