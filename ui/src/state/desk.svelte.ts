// What the person looks at while preparing: one cursor shared by map, strip, chart and keyboard, a selection, and the
// edits asked for them. What an edit does is the core's business.
import type { Edit, EditPreview, PlanView, PointRow, SequenceRow, Target, VideoRow } from "../wire.gen";
import type { App } from "./app.svelte";

/** What the next change is about. */
export type Scope = "sequence" | "selection" | "all";

/** Whether the person left a photo out, and can take it back in. */
export function outByPerson(point: PointRow): boolean {
  return point.excluded && point.leftOutBy !== "privacy_zone" && point.leftOutBy !== "trim";
}

const NOTHING: ReadonlySet<number> = new Set();

/** The desk on which a plan is prepared. */
export class Desk {
  readonly app: App;
  /** The photo that is looked at. */
  cursorId = $state<number | null>(null);
  /** Where a range began. */
  private anchorId: number | null = null;
  /** Photos that were selected as a range or with the lasso. */
  selection = $state.raw(NOTHING);
  /** The video that is looked at instead of a photo. */
  videoId = $state<number | null>(null);
  /** The position on its way that is looked at, as wanted. */
  private wantedVideoAt = $state(0);
  private wantedScope = $state<Scope>("sequence");
  /** Degrees by which the headings would be turned, while that is being tried. */
  turnDeg = $state(0);

  constructor(app: App) {
    this.app = app;
  }

  /** The plan; null while there is none. */
  plan = $derived.by<PlanView | null>(() =>
    this.app.prepare.kind === "ready" ? this.app.prepare.data : null,
  );
  /** All photos, in order. */
  points = $derived((this.plan?.sequences ?? []).flatMap((row) => row.points));
  /** Where each photo stands among them, and in which sequence. */
  private readonly places = $derived.by(() => {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- made whole and never changed
    const places = new Map<number, { at: number; sequence: SequenceRow; first: number }>();
    let at = 0;
    for (const sequence of this.plan?.sequences ?? []) {
      const first = at;
      for (const point of sequence.points) {
        places.set(point.photoId, { at, sequence, first });
        at += 1;
      }
    }
    return places;
  });
  private readonly place = $derived(this.cursorId === null ? undefined : this.places.get(this.cursorId));
  /** The video that is looked at; the first one where there are no photos. */
  video = $derived<VideoRow | null>(
    this.plan?.videos.find((row) => row.videoId === this.videoId) ??
      (this.plan?.sequences.length === 0 ? (this.plan.videos[0] ?? null) : null),
  );
  /** The number of the position on its way that is looked at. */
  videoAt = $derived(Math.max(0, Math.min(this.wantedVideoAt, (this.video?.track.length ?? 0) - 1)));
  /** The sequence that is looked at. */
  sequence = $derived<SequenceRow | null>(
    this.video ? null : (this.place?.sequence ?? this.plan?.sequences[0] ?? null),
  );
  /** The photo that is looked at. */
  point = $derived<PointRow | null>(
    this.sequence ? (this.sequence.points[this.place ? this.place.at - this.place.first : 0] ?? null) : null,
  );
  /** Where it stands in its sequence. */
  index = $derived(this.place ? this.place.at - this.place.first : 0);
  /** The sequence before it, to be joined with. */
  before = $derived.by(() => {
    const rows = this.plan?.sequences ?? [];
    return this.sequence ? (rows[rows.indexOf(this.sequence) - 1] ?? null) : null;
  });
  /** What the next change is about. */
  scope = $derived<Scope>(
    this.wantedScope === "selection" && this.selection.size === 0 ? "sequence" : this.wantedScope,
  );
  /** The same for the core; null where there is nothing. */
  target = $derived.by<Target | null>(() => {
    if (this.scope === "all") return { kind: "all" };
    if (this.scope === "selection") return { kind: "captures", data: [...this.selection] };
    if (this.video) return { kind: "captures", data: [this.video.videoId] };
    return this.sequence ? { kind: "sequence", data: this.sequence.sequenceId } : null;
  });
  /** Headings as they would be, for the map. */
  turn = $derived(
    this.turnDeg === 0
      ? null
      : { sequenceId: this.scope === "all" ? null : (this.sequence?.sequenceId ?? null), deg: this.turnDeg },
  );
  /** What was changed about what is looked at. */
  applied = $derived((this.video ?? this.sequence)?.applied ?? null);

  /** Chooses what changes are about. */
  about(scope: Scope): void {
    this.wantedScope = scope;
  }

  /** Looks at a photo; `extend` selects everything from where the range began. */
  look(photoId: number, extend = false): void {
    const from = this.places.get(this.anchorId ?? this.point?.photoId ?? photoId);
    const to = this.places.get(photoId);
    if (extend && from && to) {
      this.anchorId = this.points[from.at]?.photoId ?? null;
      const [low, high] = [Math.min(from.at, to.at), Math.max(from.at, to.at)];
      this.select(this.points.slice(low, high + 1).map((point) => point.photoId));
    } else {
      this.anchorId = photoId;
      this.clear();
    }
    this.cursorId = photoId;
    this.videoId = null;
    this.turnDeg = 0;
  }

  /** Looks at the beginning of a sequence. */
  lookAtSequence(row: SequenceRow): void {
    const first = row.points[0];
    if (first) this.look(first.photoId);
    this.wantedScope = "sequence";
  }

  /** Looks at a video, at its beginning or at a position on its way. */
  lookAtVideo(videoId: number, at = 0): void {
    this.videoId = videoId;
    const way = this.plan?.videos.find((row) => row.videoId === videoId)?.track.length ?? 0;
    this.wantedVideoAt = Math.max(0, Math.min(at, way - 1));
    this.turnDeg = 0;
    this.clear();
  }

  /** Looks at the photo so many steps further, beyond the end of the sequence too, or at another position of the video. */
  step(by: number, extend = false): void {
    if (this.video) {
      this.lookAtVideo(this.video.videoId, this.videoAt + by);
      return;
    }
    const at = this.place?.at ?? 0;
    const next = this.points[Math.max(0, Math.min(this.points.length - 1, at + by))];
    if (next) this.look(next.photoId, extend);
  }

  /** Looks at the first or last photo of the sequence, or position of the video. */
  edge(last: boolean, extend = false): void {
    if (this.video) {
      this.lookAtVideo(this.video.videoId, last ? this.video.track.length - 1 : 0);
      return;
    }
    const point = last ? this.sequence?.points.at(-1) : this.sequence?.points[0];
    if (point) this.look(point.photoId, extend);
  }

  /** Looks at the next photo that a check speaks of. */
  nextFinding(): void {
    const at = this.place?.at ?? -1;
    const places = (this.plan?.findings ?? [])
      .flatMap((finding) => finding.files)
      .flatMap((file) => (file.photoId === null ? [] : (this.places.get(file.photoId)?.at ?? [])))
      .sort((a, b) => a - b);
    const next = places.find((place) => place > at) ?? places[0];
    const point = next === undefined ? undefined : this.points[next];
    if (point) this.look(point.photoId);
  }

  /** Selects these photos. */
  select(photoIds: readonly number[]): void {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- replaced whole, never changed
    this.selection = new Set(photoIds);
    this.wantedScope = photoIds.length > 0 ? "selection" : "sequence";
    if (photoIds.length > 0) this.videoId = null;
  }

  /** Selects the whole sequence. */
  selectSequence(): void {
    if (this.sequence) this.select(this.sequence.points.map((point) => point.photoId));
  }

  /** Selects nothing. */
  clear(): void {
    this.selection = NOTHING;
    if (this.wantedScope === "selection") this.wantedScope = "sequence";
  }

  /** Whether all that Del is about is out already, so that it takes it back in. */
  allOut = $derived.by(() => {
    if (this.selection.size > 0) {
      return this.points.every((point) => !this.selection.has(point.photoId) || outByPerson(point));
    }
    return this.video ? this.video.excluded : this.point !== null && outByPerson(this.point);
  });

  /** Leaves out the selection, the video or the photo, or takes it back in. */
  exclude(excluded = !this.allOut): void {
    const data =
      this.selection.size > 0
        ? [...this.selection]
        : this.video
          ? [this.video.videoId]
          : this.point
            ? [this.point.photoId]
            : [];
    if (data.length > 0) void this.edit({ edit: "exclude", target: { kind: "captures", data }, excluded });
  }

  /** Begins a new sequence at the photo. */
  split(): void {
    if (this.point && this.index > 0)
      void this.edit({ edit: "split_before", photoId: this.point.photoId, split: true });
  }

  /** Makes a sequence go on from the one before it. */
  join(row: SequenceRow | null = this.sequence): void {
    const first = row?.points[0];
    if (first && row !== this.plan?.sequences[0])
      void this.edit({ edit: "join_before", photoId: first.photoId, join: true });
  }

  /** Asks for a change. */
  async edit(edit: Edit): Promise<boolean> {
    this.turnDeg = 0;
    return (await this.app.ask({ call: "edit", edit })) !== null;
  }

  /** Takes the last change back. */
  undo(): void {
    if ((this.plan?.undoCount ?? 0) > 0) void this.app.ask({ call: "undo" });
  }

  /** Does it again. */
  redo(): void {
    if ((this.plan?.redoCount ?? 0) > 0) void this.app.ask({ call: "redo" });
  }

  /** What a change would do; null where that cannot be said. */
  async preview(edit: Edit): Promise<EditPreview | null> {
    try {
      const reply = await this.app.platform.call({ call: "preview_edit", edit });
      return reply.reply === "preview" ? reply.data : null;
    } catch {
      return null;
    }
  }
}
