// The scripted core behind the demo: answers calls and moves uploads on, fast enough to watch.
import type {
  Call,
  Event,
  EventBody,
  FileReportRow,
  OrganizationRow,
  LibraryImportState,
  Reply,
  Snapshot,
  UploadRow,
} from "../../wire.gen";
import type { Drag } from "../types";
import { DemoLibrary, line } from "./library";
import { ESTIMATE, PROGRESS, RECORD, RESULT } from "./takeout";
import { LINK_REPORT } from "./fates";
import { account, accounts, NOW_MS, photoFacts, sequence, upload } from "./build";
import { differenceOf } from "./difference";
import { day, RIDE } from "./journey";
import { DemoPlan } from "./plan";
import type { Scene } from "./scene";
import { PUBLISHED } from "./uploads";

const TICK_MS = 200;
/** As the core writes it. */
const DIAGNOSTICS = `waypost: 0.1.0
system: linux x86_64
practice: false
package: zip
uploads: 2
uploads.state.Published.zip: 2
`;

const NEVER = new Promise<Reply>(() => undefined);

/** A make-believe core. */
export class DemoCore {
  /** Everything that was asked for, for tests. */
  readonly asked: Call[] = [];
  private state: Snapshot;
  private listener: ((event: Event) => void) | null = null;
  private drag: ((drag: Drag) => void) | null = null;
  private timers: ReturnType<typeof setTimeout>[] = [];
  private nextId = 100;
  private plan: DemoPlan | null;
  private readonly library: DemoLibrary;

  constructor(
    private readonly scene: Scene,
    theme: string,
    language: string,
  ) {
    this.plan = scene.plan?.() ?? null;
    this.library = new DemoLibrary(scene.lines ?? []);
    this.library.hasPeerHistory = scene.peerHistory !== undefined;
    this.library.import = scene.libraryImport ?? { kind: "never" };
    this.state = { ...scene.snapshot, settings: { ...scene.snapshot.settings, theme, language } };
    if (this.plan) this.state = { ...this.state, prepare: { kind: "ready", data: this.plan.view() } };
  }

  listen(listener: (event: Event) => void): void {
    this.listener = listener;
    if (this.scene.notice) this.later(0, () => this.send({ kind: "notice", data: this.scene.notice! }));
  }

  onDrag(listener: (drag: Drag) => void): void {
    this.drag = listener;
    if (this.scene.drag) listener({ kind: "enter", count: this.scene.drag });
  }

  /** Plays the person who drags files over the window. */
  dragged(drag: Drag): void {
    this.drag?.(drag);
  }

  /** Plays a core that says this, for tests that bring their own stream of events. */
  tell(body: EventBody): void {
    this.send(body);
  }

  /** Plays a person who chooses this theme, for tests that look at one scene in both. */
  wear(theme: string): void {
    this.send({ kind: "settings", data: { ...this.state.settings, theme } });
  }

  call(call: Call): Promise<Reply> {
    this.asked.push(call);
    if (this.scene.core === "silent") return NEVER;
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the shell rejects with plain data too
    if (this.scene.core) return Promise.reject(this.scene.core);
    if (call.call === "library" && this.scene.library === "silent") return NEVER;
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as above
    if (call.call === "library" && this.scene.library) return Promise.reject(this.scene.library);
    if (call.call === "file_report" && this.scene.report === "silent") return NEVER;
    if (call.call === "file_report" && this.scene.report) {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as above
      return Promise.reject(this.scene.report);
    }
    if (call.call === "take_over_history") return this.takeOverHistory();
    return Promise.resolve(this.answer(call));
  }

  private answer(call: Call): Reply {
    switch (call.call) {
      case "snapshot":
        return { reply: "snapshot", data: this.state };
      case "choose_folder":
      case "prepare":
        this.read();
        break;
      case "clear_plan":
        this.stop();
        this.send({ kind: "prepare", data: { kind: "empty" } });
        break;
      case "edit":
        this.change((plan) => plan.edit(call.edit));
        break;
      case "undo":
        this.change((plan) => plan.undo());
        break;
      case "redo":
        this.change((plan) => plan.redo());
        break;
      case "choose_track":
        this.change((plan) => plan.addTrack(RIDE));
        break;
      case "preview_edit":
        if (this.plan) return { reply: "preview", data: this.plan.preview(call.edit) };
        break;
      case "photo_facts":
        return { reply: "photo_facts", data: this.plan ? photoFacts(this.plan.view(), call.photoId) : null };
      case "upload":
        if (this.scene.alreadySent && call.alreadySent === "ask")
          return { reply: "already_sent", data: this.scene.alreadySent };
        return this.upload();
      case "dry_run":
        this.dryRun();
        break;
      case "clear_dry_run":
        this.stop();
        this.send({ kind: "dry_run", data: { kind: "idle" } });
        break;
      case "diagnostics":
        return { reply: "diagnostics", data: DIAGNOSTICS };
      case "library":
        this.library.follow(this.state.uploads);
        return { reply: "library", data: this.library.page(call.query) };
      case "library_line": {
        const detail = this.library.detail(call.lineId);
        if (detail) return { reply: "library_line", data: detail };
        break;
      }
      case "set_notes": {
        const row = this.library.note(call.lineId, call.notes);
        if (row) return { reply: "library_row", data: row };
        break;
      }
      case "safe_to_delete":
        return { reply: "safe_to_delete", data: this.library.safe(call.lineId) };
      case "import_library":
        this.importLibrary();
        break;
      case "stop_library_import":
        this.stop();
        this.tellImport({ kind: "stopped", spansDone: 3, spansTotal: 12 });
        break;
      case "estimate_take_out":
        this.send({ kind: "take_out", data: { kind: "estimating", imageCount: 8_000 } });
        this.later(2 * TICK_MS, () =>
          this.send({ kind: "take_out", data: { kind: "estimated", estimate: ESTIMATE } }),
        );
        break;
      case "start_take_out":
      case "continue_take_out":
        this.takeOut();
        break;
      case "stop_take_out":
        this.stop();
        this.send({
          kind: "take_out",
          data:
            this.state.takeOut.kind === "running"
              ? { kind: "stopped", progress: this.state.takeOut.progress }
              : { kind: "idle" },
        });
        break;
      case "clear_take_out":
        this.stop();
        this.send({ kind: "take_out", data: { kind: "idle" } });
        break;
      case "show_hand_over":
        return { reply: "hand_over", data: RECORD };
      case "send_hand_over":
        return {
          reply: "handed_over",
          data: { host: new URL(call.address).host, status: 200, beginning: "ok" },
        };
      case "link_report":
        return {
          reply: "link_report",
          data:
            call.uploadId === LINK_REPORT.uploadId
              ? LINK_REPORT
              : {
                  ...LINK_REPORT,
                  uploadId: call.uploadId,
                  matched: 0,
                  missing: [],
                  extra: [],
                  sequences: [],
                  warnings: [],
                  askedAtMs: null,
                },
        };
      case "file_report":
        return { reply: "files", data: this.report(call.uploadId) };
      case "pause":
      case "resume":
      case "cancel":
      case "remove":
        this.act(call.call, call.uploadId);
        break;
      case "pause_all":
      case "resume_all":
        for (const row of this.state.uploads)
          this.act(call.call === "pause_all" ? "pause" : "resume", row.uploadId);
        break;
      case "find_profiles":
        return { reply: "profiles", data: this.scene.profiles ?? [] };
      case "import_profile":
        this.send({
          kind: "account",
          data: accounts([...this.state.account.accounts, account({ userId: "77", username: call.profile })]),
        });
        break;
      case "check_organization":
        return { reply: "organization", data: this.organization(call.organizationId) };
      case "forget_organization": {
        const rest = this.state.settings.organizations.filter(
          (row) => row.organizationId !== call.organizationId,
        );
        const settings = { ...this.state.settings, organizationId: "", organizations: rest };
        this.send({ kind: "settings", data: settings });
        break;
      }
      case "reorder":
        this.reorder(call.uploadId, call.beforeUploadId);
        break;
      case "retry_all_failed":
        for (const row of this.state.uploads)
          if (row.state === "failed" && row.actions.includes("retry"))
            this.put({ ...row, state: "queued", problem: null, actions: ["pause", "cancel"] });
        break;
      case "sign_in":
        this.signIn();
        break;
      case "cancel_sign_in":
        this.stop();
        this.send({ kind: "account", data: { ...this.state.account, signIn: { kind: "idle" } } });
        break;
      case "keep_for_this_run":
        this.send({ kind: "account", data: accounts([account({ kept: "this_run" })]) });
        break;
      case "sign_in_with_token":
        this.send({ kind: "account", data: accounts([account()]) });
        break;
      case "use_account":
        this.send({ kind: "account", data: { ...this.state.account, currentUserId: call.userId } });
        break;
      case "sign_out":
        this.send({
          kind: "account",
          data: accounts(this.state.account.accounts.filter((row) => row.userId !== call.userId)),
        });
        break;
      case "set_settings":
        this.send({
          kind: "settings",
          data: {
            ...call.settings,
            appSecretSet: call.appSecret === null ? call.settings.appSecretSet : call.appSecret !== "",
          },
        });
        break;
      case "start_practice":
      case "stop_practice":
        this.state = {
          ...this.state,
          practice: call.call === "start_practice",
          uploads: [],
          account: accounts([]),
        };
        this.send({ kind: "practice", data: call.call === "start_practice" });
        break;
      case "first_run_done":
        this.state = { ...this.state, firstRun: false };
        break;
      default:
        break;
    }
    return { reply: "done" };
  }

  private read(): void {
    this.stop();
    const found = 1406;
    for (let step = 0; step <= 8; step += 1) {
      const read = Math.round((found * step) / 8);
      this.later(step * TICK_MS, () =>
        this.send({
          kind: "prepare",
          data: {
            kind: "reading",
            data: { found, read, usable: Math.max(0, read - 46), scanComplete: step > 1 },
          },
        }),
      );
    }
    this.later(9 * TICK_MS, () => {
      const { findings } = day();
      const sequences = [sequence(0, 0, 642), sequence(1, 700, 418), sequence(2, 1200, 300)];
      const unhelped = findings.map((row) => ({ ...row, fixes: [] }));
      this.plan = new DemoPlan({ ...day(), sequences, findings: unhelped, hidden: [] });
      this.change(() => undefined);
    });
  }

  private dryRun(): void {
    const {
      sizeBytes: totalBytes = 0,
      sequences,
      videos,
    } = this.plan?.view() ?? { sequences: [], videos: [] };
    for (let step = 0; step < 5; step += 1)
      this.later(step * TICK_MS, () =>
        this.send({
          kind: "dry_run",
          data: { kind: "running", doneBytes: (totalBytes * step) / 5, totalBytes },
        }),
      );
    const uploadCount =
      sequences.filter((row) => !row.excluded).length + videos.filter((row) => !row.excluded).length;
    this.later(5 * TICK_MS, () =>
      this.send({
        kind: "dry_run",
        data: { kind: "done", folder: "/home/anna/waypost-dry-run", uploadCount, totalBytes },
      }),
    );
  }

  private change(act: (plan: DemoPlan) => void): void {
    if (!this.plan) return;
    act(this.plan);
    const [before, plan] = [this.state.prepare, this.plan.view()];
    if (before.kind !== "ready") this.send({ kind: "prepare", data: { kind: "ready", data: plan } });
    else {
      this.send({ kind: "plan_change", data: differenceOf(before.data, plan) });
      this.state = { ...this.state, prepare: { kind: "ready", data: plan } };
    }
  }

  private upload(): Reply {
    if (this.state.prepare.kind !== "ready") return { reply: "queued", data: [] };
    const ids: number[] = [];
    for (const row of this.state.prepare.data.sequences.filter((other) => !other.excluded)) {
      this.nextId += 1;
      ids.push(this.nextId);
      const now = Date.now();
      this.put(
        upload(this.nextId, {
          title: row.folder,
          imageCount: row.points.length,
          totalBytes: row.sizeBytes,
          sinceMs: now,
          createdAtMs: now,
        }),
      );
      this.run(this.nextId);
    }
    this.send({ kind: "prepare", data: { kind: "empty" } });
    return { reply: "queued", data: ids };
  }

  private run(uploadId: number): void {
    const tick = () => {
      const row = this.state.uploads.find((other) => other.uploadId === uploadId);
      if (!row || row.state === "cancelled") return;
      if (row.state === "queued") this.put({ ...row, state: "sending", speedBytesPerS: 8_300_000 });
      else if (row.state === "sending" && row.sentBytes < row.totalBytes) {
        const sentBytes = Math.min(row.totalBytes, row.sentBytes + row.totalBytes / 15);
        this.state = {
          ...this.state,
          uploads: this.state.uploads.map((other) => (other === row ? { ...row, sentBytes } : other)),
        };
        const { preparedBytes, totalBytes, resending, speedBytesPerS } = row;
        this.send({
          kind: "upload",
          data: {
            kind: "progress",
            data: { uploadId, preparedBytes, sentBytes, totalBytes, resending, speedBytesPerS },
          },
        });
      } else if (row.state === "sending") {
        this.put({
          ...row,
          state: "processing",
          stages: PUBLISHED.stages.map((stage) => ({ ...stage, state: { kind: "in_progress" } })),
          askedAtMs: Date.now(),
          actions: [],
        });
        this.later(10 * TICK_MS, () =>
          this.put({
            ...row,
            state: "published",
            sinceMs: Date.now(),
            visibleCount: row.imageCount,
            stages: PUBLISHED.stages,
            links: PUBLISHED.links.slice(0, 1),
            actions: ["remove"],
          }),
        );
        return;
      }
      this.later(TICK_MS, tick);
    };
    this.later(TICK_MS, tick);
  }

  private act(action: "pause" | "resume" | "cancel" | "remove", uploadId: number): void {
    const row = this.state.uploads.find((other) => other.uploadId === uploadId);
    if (!row || !row.actions.includes(action)) return;
    if (action === "remove") {
      this.state = { ...this.state, uploads: this.state.uploads.filter((other) => other !== row) };
      this.send({ kind: "upload", data: { kind: "removed", data: uploadId } });
    } else if (action === "pause")
      this.put({ ...row, state: "paused", speedBytesPerS: null, actions: ["resume", "cancel"] });
    else if (action === "resume")
      this.put({ ...row, state: "sending", speedBytesPerS: 8_300_000, actions: ["pause", "cancel"] });
    else this.put({ ...row, state: "cancelled", speedBytesPerS: null, actions: ["remove"] });
  }

  private organization(organizationId: string): OrganizationRow {
    const row = { organizationId, name: "City of Vienna" };
    const settings = this.state.settings;
    this.send({ kind: "settings", data: { ...settings, organizations: [...settings.organizations, row] } });
    return row;
  }

  private reorder(uploadId: number, beforeUploadId: number | null): void {
    const rows = [...this.state.uploads].sort((a, b) => a.place - b.place);
    const row = rows.find((other) => other.uploadId === uploadId);
    if (!row) return;
    const rest = rows.filter((other) => other !== row);
    const at = rest.findIndex((other) => other.uploadId === beforeUploadId);
    rest.splice(at < 0 ? rest.length : at, 0, row);
    for (const [place, other] of rest.entries()) if (other.place !== place) this.put({ ...other, place });
  }

  /** Answers a little later, so that it can be seen running. */
  private async takeOverHistory(): Promise<Reply> {
    await new Promise((done) => setTimeout(done, TICK_MS));
    const taken = this.scene.peerHistory;
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the shell rejects with plain data too
    if (taken && "code" in taken) throw taken;
    if (!taken) return { reply: "done" };
    for (let number = 0; number < taken.newCount; number += 1) {
      this.nextId += 1;
      this.put({ ...PUBLISHED, uploadId: this.nextId, title: `mapillary_tools · ${number + 1}` });
    }
    return { reply: "history_taken", data: taken };
  }

  private importLibrary(): void {
    this.stop();
    for (let step = 0; step < 6; step += 1)
      this.later(step * TICK_MS, () =>
        this.tellImport({
          kind: "running",
          spansDone: step * 2,
          spansTotal: 12,
          imageCount: step * 412,
          newCount: step,
        }),
      );
    this.later(6 * TICK_MS, () => {
      this.library.add([11, 22, 33].map((id) => line(100_000 + id, { origin: "account", uploadId: null })));
      this.tellImport({ kind: "done", atMs: this.state.nowMs, imageCount: 2472, newCount: 3 });
    });
  }

  private tellImport(data: LibraryImportState): void {
    this.library.import = data;
    this.send({ kind: "library_import", data });
  }

  private takeOut(): void {
    this.stop();
    for (let step = 0; step <= 8; step += 1)
      this.later(step * TICK_MS, () => {
        const done = (count: number) => Math.round((count * step) / 8);
        const progress = {
          ...PROGRESS,
          stage: step === 0 ? ("listing" as const) : ("taking" as const),
          doneSequenceCount: done(38),
          imageCount: done(21_406),
          pictureCount: done(21_404),
          downloadedBytes: done(64_100_000_000),
        };
        this.send({ kind: "take_out", data: { kind: "running", progress } });
      });
    this.later(9 * TICK_MS, () => this.send({ kind: "take_out", data: { kind: "done", result: RESULT } }));
  }

  private signIn(): void {
    const address = "http://127.0.0.1:5180/connect?client_id=4400112233&state=q7R2";
    this.send({
      kind: "account",
      data: {
        ...this.state.account,
        signIn: { kind: "waiting", untilMs: this.state.nowMs + 300_000, browserOpened: true, address },
      },
    });
    this.later(6 * TICK_MS, () => this.send({ kind: "account", data: accounts([account()]) }));
  }

  private report(uploadId: number): FileReportRow[] {
    const row = this.state.uploads.find((other) => other.uploadId === uploadId);
    const published = row?.state === "published";
    return Array.from({ length: row?.imageCount ?? 0 }, (_, at) => ({
      path: `/media/card/DCIM/100GOPRO/GOPR${1000 + at}.JPG`,
      outcome:
        at % 97 === 5
          ? "refused"
          : at % 41 === 7
            ? "excluded"
            : published
              ? "published"
              : row?.state === "lost"
                ? "sent"
                : "pending",
      code: at % 97 === 5 ? "no_position" : null,
      message: at % 97 === 5 ? `GOPR${1000 + at}.JPG has no GPS position.` : null,
      imageId: published ? String(771100220033 + at) : null,
    }));
  }

  private put(row: UploadRow): void {
    const known = this.state.uploads.some((other) => other.uploadId === row.uploadId);
    const uploads = known
      ? this.state.uploads.map((other) => (other.uploadId === row.uploadId ? row : other))
      : [row, ...this.state.uploads];
    this.state = { ...this.state, uploads };
    this.send({ kind: "upload", data: { kind: "row", data: row } });
  }

  private send(body: EventBody): void {
    if (body.kind === "account") this.state = { ...this.state, account: body.data };
    if (body.kind === "prepare") this.state = { ...this.state, prepare: body.data };
    if (body.kind === "take_out") this.state = { ...this.state, takeOut: body.data };
    if (body.kind === "dry_run") this.state = { ...this.state, dryRun: body.data };
    if (body.kind === "settings") this.state = { ...this.state, settings: body.data };
    const nowMs = this.scene.snapshot.nowMs === NOW_MS ? NOW_MS : Date.now();
    this.state = { ...this.state, seq: this.state.seq + 1, nowMs };
    this.listener?.({ seq: this.state.seq, body });
  }

  private later(ms: number, act: () => void): void {
    this.timers.push(setTimeout(act, ms));
  }

  private stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers = [];
  }
}
