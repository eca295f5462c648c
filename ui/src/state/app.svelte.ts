// All that the window knows: one snapshot, kept fresh by numbered events. No rule of the business lives here.
import { SvelteMap } from "svelte/reactivity";
import type {
  AccountRow,
  AccountView,
  AlreadySentChoice,
  AlreadySentView,
  Call,
  DryRunState,
  Event,
  LibraryImportState,
  PrepareState,
  Problem,
  Reply,
  SettingsView,
  Snapshot,
  TakeOutState,
  UploadProgress,
  UploadRow,
} from "../wire.gen";
import type { Platform } from "../platform/types";
import { Announcer } from "./announcer.svelte";
import { changedPlan } from "./plan-change";

/** The places of the window. The first five are on the rail, the last behind the account's chip. */
export const VIEWS = ["prepare", "queue", "library", "take_out", "settings", "account"] as const;
/** A place of the window. */
export type View = (typeof VIEWS)[number];

/** States in which an upload has come to its end. */
const ENDED: ReadonlySet<string> = new Set(["published", "failed", "cancelled", "lost"]);
/** States that stand still until the person does something. */
const NEEDS_PERSON: ReadonlySet<string> = new Set(["needs_sign_in", "finish_unknown", "source_changed"]);
/** How long an ended upload is still shown under the queue. */
const RECENT_MS = 12 * 3_600_000;
/** Numbers that move are shown anew this often, however many uploads tell theirs. */
const MOVE_MS = 250;
/** Pauses between attempts to reach the core again. */
const RETRY_MS = [250, 1000, 3000, 10_000] as const;

/** Whether an upload has come to its end and belongs to the history. */
export function hasEnded(row: UploadRow): boolean {
  return ENDED.has(row.state);
}

/** Makes sure that what was thrown is a `Problem`. */
export function asProblem(thrown: unknown): Problem {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown) {
    return { action: "", retry: "never", ...thrown } as Problem;
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "internal", message, action: "", retry: "never" };
}

/** The state of the window and the calls that change it. */
export class App {
  readonly platform: Platform;
  readonly announcer = new Announcer();
  /** Whether a snapshot has come. */
  ready = $state(false);
  /** Why the core cannot be reached, while it cannot. */
  unreachable = $state.raw<Problem | null>(null);
  view = $state<View>("prepare");
  /** The check that the help is about; empty for all of them, null while it is closed. */
  help = $state<string | null>(null);
  practice = $state(false);
  firstRun = $state(false);
  version = $state("");
  account = $state.raw<AccountView>({
    accounts: [],
    currentUserId: null,
    appIdentitySet: false,
    signIn: { kind: "idle" },
  });
  prepare = $state.raw<PrepareState>({ kind: "empty" });
  dryRun = $state.raw<DryRunState>({ kind: "idle" });
  takeOut = $state.raw<TakeOutState>({ kind: "idle" });
  /** Reading the account's sequences, as last told; null while nothing was told. */
  libraryImport = $state.raw<LibraryImportState | null>(null);
  /** Counts what may have changed lines of the library. */
  libraryChanges = $state(0);
  uploads = $state.raw<UploadRow[]>([]);
  settings = $state.raw<SettingsView | null>(null);
  settingsDefaults = $state.raw<SettingsView | null>(null);
  /** Said once, until the person puts it away. */
  notice = $state.raw<Problem | null>(null);
  /** What moves often, apart from the rows so that only the row that moves is drawn again. */
  private readonly moving = new SvelteMap<number, UploadProgress>();
  /** What moved since they were shown. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- drawn only when it is put into `moving`
  private readonly moved = new Map<number, UploadProgress>();
  private moveTimer: ReturnType<typeof setTimeout> | undefined;
  /** The core's clock against this computer's, milliseconds. */
  private clockOffsetMs = 0;
  private seq = 0;
  private early: Event[] = [];
  private asking = false;
  private attempts = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(platform: Platform) {
    this.platform = platform;
  }

  /** Uploads that are under way. */
  queue = $derived(this.uploads.filter((row) => !hasEnded(row) && !NEEDS_PERSON.has(row.state)));
  /** Uploads that stand still until the person does something. */
  needPerson = $derived(this.uploads.filter((row) => NEEDS_PERSON.has(row.state)));
  /** Uploads that have come to their end. */
  history = $derived(this.uploads.filter(hasEnded));
  /** Those of them that ended a short while ago. */
  recent = $derived(this.history.filter((row) => this.nowMs() - row.sinceMs < RECENT_MS));
  /** The account uploads go to. */
  current = $derived<AccountRow | null>(
    this.account.accounts.find((row) => row.userId === this.account.currentUserId) ?? null,
  );

  /** Begins to listen, then asks for everything. */
  async start(): Promise<void> {
    try {
      await this.platform.connect((event) => this.receive(event));
    } catch (thrown) {
      this.unreachable = asProblem(thrown);
      this.again(() => void this.start());
      return;
    }
    await this.refresh();
  }

  /** The core's time, milliseconds since 1970 UTC. */
  nowMs(): number {
    return Date.now() + this.clockOffsetMs;
  }

  /** A row with its newest moving numbers. */
  live(row: UploadRow): UploadRow {
    const progress = this.moving.get(row.uploadId);
    return progress ? { ...row, ...progress } : row;
  }

  /** Asks for something; a failure becomes the notice. Returns the answer, or null. */
  async ask(call: Call): Promise<Reply | null> {
    try {
      return await this.platform.call(call);
    } catch (thrown) {
      this.notice = asProblem(thrown);
      return null;
    }
  }

  /**
   * Puts the prepared plan into the queue and goes there. Returns what was sent before, where that has to be asked
   * about first; nothing is queued then.
   */
  async upload(alreadySent: AlreadySentChoice = "ask"): Promise<AlreadySentView | null> {
    const reply = await this.ask({ call: "upload", alreadySent });
    if (reply?.reply === "already_sent") return reply.data;
    if (reply) this.view = "queue";
    return null;
  }

  /** Takes an event; a gap in the numbers asks for everything anew. */
  receive(event: Event): void {
    if (!this.ready || this.asking) {
      this.early.push(event);
      return;
    }
    if (event.seq <= this.seq) return;
    // Practice begins or ends: the core behind is another one, with another queue and other accounts.
    if (event.seq > this.seq + 1 || event.body.kind === "practice") {
      this.early.push(event);
      void this.refresh();
      return;
    }
    this.seq = event.seq;
    this.apply(event);
  }

  /** Asks for everything anew. */
  async refresh(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    clearTimeout(this.timer);
    try {
      const reply = await this.platform.call({ call: "snapshot" });
      if (reply.reply === "snapshot") this.take(reply.data);
      this.unreachable = null;
    } catch (thrown) {
      this.unreachable = asProblem(thrown);
    } finally {
      this.asking = false;
    }
    if (this.unreachable) this.again(() => void this.refresh());
    else this.takeEarly();
  }

  private again(attempt: () => void): void {
    const pause = RETRY_MS[Math.min(this.attempts, RETRY_MS.length - 1)];
    this.attempts += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(attempt, pause);
  }

  /** Applies what came while a snapshot was asked for. A gap that stays is asked about once more, with a pause. */
  private takeEarly(): void {
    const waiting = this.early.filter((event) => event.seq > this.seq).sort((a, b) => a.seq - b.seq);
    this.early = [];
    while (waiting[0]?.seq === this.seq + 1) {
      const event = waiting.shift();
      if (!event) break;
      this.seq = event.seq;
      this.apply(event);
      if (event.body.kind === "practice") {
        this.early = waiting;
        void this.refresh();
        return;
      }
    }
    this.early = waiting;
    if (waiting.length > 0) this.again(() => void this.refresh());
    else this.attempts = 0;
  }

  private take(snapshot: Snapshot): void {
    this.seq = snapshot.seq;
    this.version = snapshot.version;
    this.practice = snapshot.practice;
    this.firstRun = snapshot.firstRun;
    this.account = snapshot.account;
    this.prepare = snapshot.prepare;
    this.dryRun = snapshot.dryRun;
    this.takeOut = snapshot.takeOut;
    this.libraryImport = null;
    this.libraryChanges += 1;
    this.uploads = snapshot.uploads;
    this.moving.clear();
    this.moved.clear();
    this.settings = snapshot.settings;
    this.settingsDefaults = snapshot.settingsDefaults;
    this.clockOffsetMs = snapshot.nowMs - Date.now();
    this.ready = true;
  }

  private apply({ body }: Event): void {
    switch (body.kind) {
      case "account":
        this.account = body.data;
        break;
      case "prepare":
        // Files can come from outside the window as well: a second start, "open with".
        if (body.data.kind === "reading" && this.prepare.kind !== "reading") this.view = "prepare";
        this.prepare = body.data;
        break;
      case "plan_change": {
        const plan = this.prepare.kind === "ready" ? changedPlan(this.prepare.data, body.data) : null;
        if (plan) this.prepare = { kind: "ready", data: plan };
        else void this.refresh();
        break;
      }
      case "dry_run":
        this.dryRun = body.data;
        break;
      case "take_out":
        this.takeOut = body.data;
        break;
      case "library_import":
        this.libraryImport = body.data;
        this.libraryChanges += 1;
        break;
      case "settings":
        this.settings = body.data;
        break;
      case "practice":
        this.practice = body.data;
        break;
      case "notice":
        this.notice = body.data;
        break;
      case "notification":
        // The desktop shows it; the list and the announcer say the same in the window.
        break;
      case "upload":
        if (body.data.kind !== "progress") this.libraryChanges += 1;
        if (body.data.kind === "row") this.putRow(body.data.data);
        else if (body.data.kind === "progress") this.move(body.data.data);
        else this.drop(body.data.data);
        break;
    }
  }

  private putRow(row: UploadRow): void {
    const at = this.uploads.findIndex((other) => other.uploadId === row.uploadId);
    this.announcer.changed(this.uploads[at], row);
    this.uploads = at < 0 ? [row, ...this.uploads] : this.uploads.with(at, row);
    this.stand(row.uploadId);
  }

  /** An upload's own row tells all: what moved before it is old. */
  private stand(uploadId: number): void {
    this.moving.delete(uploadId);
    this.moved.delete(uploadId);
  }

  private move(progress: UploadProgress): void {
    const row = this.uploads.find((other) => other.uploadId === progress.uploadId);
    if (!row) return;
    this.announcer.moved(row, progress);
    this.moved.set(progress.uploadId, progress);
    if (this.moveTimer === undefined) {
      // The first number is shown at once; after it the window is drawn once for all that moved.
      this.showMoved();
      this.moveTimer = setTimeout(() => this.restMoved(), MOVE_MS);
    }
  }

  private showMoved(): void {
    for (const [uploadId, progress] of this.moved) this.moving.set(uploadId, progress);
    this.moved.clear();
  }

  private restMoved(): void {
    const more = this.moved.size > 0;
    this.showMoved();
    this.moveTimer = more ? setTimeout(() => this.restMoved(), MOVE_MS) : undefined;
  }

  private drop(uploadId: number): void {
    this.uploads = this.uploads.filter((row) => row.uploadId !== uploadId);
    this.stand(uploadId);
  }
}
