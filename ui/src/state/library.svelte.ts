// The library as the window sees it: what was asked for, the rows that came so far, the chosen line, changes to notes.
import type {
  LibraryColumn,
  LibraryPage,
  LibraryQuery,
  LibraryRow,
  Problem,
  SequenceNotes,
  UploadState,
} from "../wire.gen";
import { asProblem, type App } from "./app.svelte";
import { PeerHistory } from "./peer-history.svelte";

/** Rows asked for at once. */
const BLOCK = 200;
/** A person who types asks when the fingers rest. */
const TYPING_MS = 90;
/** Uploads that move ask anew at most this often. */
const REFRESH_MS = 1500;

/** The library as it opens: newest captures, what is not published yet before all others. */
export const FIRST_QUERY: LibraryQuery = {
  text: "",
  states: [],
  origin: null,
  userId: null,
  organizationId: null,
  capturedFromMs: null,
  capturedUntilMs: null,
  tags: [],
  sort: "captured",
  descending: true,
  pendingFirst: true,
  offset: 0,
  limit: BLOCK,
};

/** Columns that read from small to large first. */
const ASCENDING: ReadonlySet<LibraryColumn> = new Set(["name", "place", "account"]);

interface Change {
  lineId: number;
  before: SequenceNotes;
  after: SequenceNotes;
}

/** The library of the window. */
export class Library {
  readonly app: App;
  /** What mapillary_tools sent from this computer. */
  readonly peer: PeerHistory;
  query = $state.raw<LibraryQuery>(FIRST_QUERY);
  /** Counts and filters of the last answer; null before the first. */
  page = $state.raw<LibraryPage | null>(null);
  /** The lines that fit, as far as they came. */
  rows = $state.raw<readonly (LibraryRow | undefined)[]>([]);
  failure = $state.raw<Problem | null>(null);
  chosenId = $state<number | null>(null);
  private readonly done: Change[] = [];
  /** Changes that can be taken back. */
  undoCount = $state(0);
  private asked = 0;
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing is drawn from it
  private readonly wanted = new Set<number>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(app: App) {
    this.app = app;
    this.peer = new PeerHistory(app, () => this.load());
  }

  /** The chosen line, as far as it is known. */
  chosen = $derived(this.rows.find((row) => row?.lineId === this.chosenId) ?? null);
  /** Whether something else than everything is asked for. */
  narrowed = $derived(
    this.query.text.trim() !== "" ||
      this.query.states.length > 0 ||
      this.query.origin !== null ||
      this.query.userId !== null ||
      this.query.organizationId !== null ||
      this.query.capturedFromMs !== null ||
      this.query.capturedUntilMs !== null ||
      this.query.tags.length > 0,
  );

  /** Asks for other lines. What is shown stays until they come. */
  ask(change: Partial<LibraryQuery>): void {
    this.query = { ...this.query, ...change };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), "text" in change ? TYPING_MS : 0);
  }

  /** Shows everything again, in the present order. */
  clear(): void {
    const { sort, descending, pendingFirst } = this.query;
    this.ask({ ...FIRST_QUERY, sort, descending, pendingFirst });
  }

  /** Sorts by a column; again turns it round. */
  sortBy(sort: LibraryColumn): void {
    const descending = this.query.sort === sort ? !this.query.descending : !ASCENDING.has(sort);
    this.ask({ sort, descending });
  }

  /** Takes a state into what is shown, or out of it. */
  toggleState(state: UploadState): void {
    const { states } = this.query;
    const on = states.includes(state);
    this.ask({ states: on ? states.filter((other) => other !== state) : [...states, state] });
  }

  /** Takes a tag into what is shown, or out of it. */
  toggleTag(tag: string): void {
    const { tags } = this.query;
    this.ask({ tags: tags.includes(tag) ? tags.filter((other) => other !== tag) : [...tags, tag] });
  }

  /** Asks anew a little later, because something changed. */
  soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), this.page ? REFRESH_MS : 0);
  }

  /** Asks for the first lines. Blocks further down come when they are seen. */
  async load(): Promise<void> {
    this.asked += 1;
    const mine = this.asked;
    try {
      const page = await this.fetch(0);
      if (mine !== this.asked || !page) return;
      this.wanted.clear();
      this.wanted.add(0);
      const rows: (LibraryRow | undefined)[] = Array.from({ length: page.lineCount });
      page.rows.forEach((row, at) => (rows[at] = row));
      this.page = page;
      this.rows = rows;
      this.failure = null;
    } catch (thrown) {
      if (mine === this.asked) this.failure = asProblem(thrown);
    }
  }

  /** Makes sure that these lines come. */
  see(first: number, last: number): void {
    for (let block = Math.floor(first / BLOCK); block * BLOCK < last; block += 1) {
      if (this.wanted.has(block) || block * BLOCK >= this.rows.length) continue;
      this.wanted.add(block);
      void this.more(block, this.asked);
    }
  }

  private async more(block: number, mine: number): Promise<void> {
    try {
      const page = await this.fetch(block * BLOCK);
      if (mine !== this.asked || !page) return;
      const rows = [...this.rows];
      page.rows.forEach((row, at) => (rows[block * BLOCK + at] = row));
      this.rows = rows;
    } catch {
      // Seen again, it is asked for again.
      this.wanted.delete(block);
    }
  }

  private async fetch(offset: number): Promise<LibraryPage | null> {
    const query = { ...this.query, offset, limit: BLOCK };
    const reply = await this.app.platform.call({ call: "library", query });
    return reply.reply === "library" ? reply.data : null;
  }

  /** Keeps notes of a line; can be taken back. */
  async note(row: LibraryRow, notes: SequenceNotes): Promise<void> {
    if (!(await this.keep(row.lineId, notes))) return;
    this.done.push({ lineId: row.lineId, before: row.notes, after: notes });
    this.undoCount = this.done.length;
  }

  /** Takes the last change of notes back, and goes to its line. */
  async undo(): Promise<void> {
    const last = this.done.pop();
    this.undoCount = this.done.length;
    if (!last) return;
    this.chosenId = last.lineId;
    if (!(await this.keep(last.lineId, last.before))) {
      this.done.push(last);
      this.undoCount = this.done.length;
    }
  }

  private async keep(lineId: number, notes: SequenceNotes): Promise<boolean> {
    const reply = await this.app.ask({ call: "set_notes", lineId, notes });
    if (reply?.reply !== "library_row") return false;
    const changed = reply.data;
    this.rows = this.rows.map((row) => (row?.lineId === lineId ? changed : row));
    return true;
  }
}
