// What the person chose to take out of Mapillary, as far as it is filled in.
import type { PictureSize, TakeOutChoice, TakeOutLayout, TakeOutSource } from "../wire.gen";
import { boxAround, type Box } from "../parts/track/box";
import type { App } from "./app.svelte";
import { DAY_MS, dayMs, keysOf } from "./fields";
import { FIRST_QUERY } from "./library.svelte";

/** Sizes in the order in which they are offered. */
export const SIZES: readonly PictureSize[] = ["256", "1024", "2048", "original"];
/** Fields of an image that can be columns, as the core names them. */
export const FIELDS = [
  "seq_id",
  "img_id",
  "captured_at",
  "lon",
  "lat",
  "computed_lon",
  "computed_lat",
  "altitude",
  "computed_altitude",
  "compass_angle",
  "computed_compass_angle",
  "computed_rotation",
  "camera_type",
  "camera_parameters",
  "is_pano",
  "make",
  "model",
  "exif_orientation",
  "width",
  "height",
  "creator_id",
  "creator_username",
  "organization_id",
  "thumb_256_url",
  "thumb_1024_url",
  "thumb_2048_url",
  "thumb_original_url",
  "atomic_scale",
  "merge_cc",
  "sfm_cluster_id",
  "quality_score",
] as const;
/** Those of Mapillary's API toolset, in its order: taken where nothing else is chosen. */
export const TOOLSET_FIELDS: readonly string[] = [
  "seq_id",
  "img_id",
  "captured_at",
  "compass_angle",
  "thumb_256_url",
  "width",
  "thumb_original_url",
  "height",
];

/** The form of a take-out. */
export class TakeOutForm {
  readonly app: App;
  kind = $state<TakeOutSource["kind"]>("mine");
  username = $state("");
  from = $state("");
  until = $state("");
  organizationId = $state("");
  box = $state<Record<"west" | "south" | "east" | "north", number | null>>({
    west: null,
    south: null,
    east: null,
    north: null,
  });
  keys = $state("");
  csv = $state(true);
  fields = $state.raw<readonly string[]>(TOOLSET_FIELDS);
  geojson = $state(false);
  json = $state(false);
  detections = $state(false);
  sizes = $state.raw<readonly PictureSize[]>(["original"]);
  layout = $state<TakeOutLayout>("by_sequence");
  exif = $state(true);
  /** What was estimated last. */
  private estimated = $state("");

  constructor(app: App) {
    this.app = app;
  }

  /** What is chosen; null while something needed is missing. */
  choice = $derived.by<TakeOutChoice | null>(() => {
    const source = this.source();
    if (!source) return null;
    const { csv, geojson, json, detections, layout } = this;
    if (!csv && !geojson && !json && !detections && this.sizes.length === 0) return null;
    // None are the toolset's, in its order.
    const fields = csv && this.fields !== TOOLSET_FIELDS ? [...this.fields] : [];
    const exif = this.exif && this.sizes.length > 0;
    return { source, csv, fields, geojson, json, detections, sizes: [...this.sizes], layout, exif };
  });
  /** Whether the estimate that is shown is for what is chosen; one of an earlier window is taken as it is. */
  isFresh = $derived(
    this.choice !== null && (this.estimated === "" || JSON.stringify(this.choice) === this.estimated),
  );

  private source(): TakeOutSource | null {
    switch (this.kind) {
      case "mine":
        return { kind: "mine" };
      case "window": {
        const username = this.username.trim() || null;
        const until = dayMs(this.until);
        // The last day is meant whole.
        const untilMs = until === null ? null : until + DAY_MS - 1;
        return { kind: "window", username, fromMs: dayMs(this.from), untilMs };
      }
      case "organization": {
        const { west, south, east, north } = this.box;
        const organizationId = this.organizationId.trim();
        if (organizationId === "" || west === null || south === null || east === null || north === null)
          return null;
        return {
          kind: "organization",
          organizationId,
          westDeg: west,
          southDeg: south,
          eastDeg: east,
          northDeg: north,
        };
      }
      case "sequences": {
        const keys = keysOf(this.keys);
        return keys.length > 0 ? { kind: "sequences", keys } : null;
      }
    }
  }

  /** Takes a size of pictures in or out. */
  toggle(size: PictureSize): void {
    this.sizes = SIZES.filter((other) => (other === size) !== this.sizes.includes(other));
  }

  /** Takes a column in or out; with none left the toolset's come back. */
  toggleField(field: string): void {
    const next = FIELDS.filter((other) => (other === field) !== this.fields.includes(other));
    const isToolset =
      next.length === TOOLSET_FIELDS.length && next.every((one) => TOOLSET_FIELDS.includes(one));
    this.fields = next.length === 0 || isToolset ? TOOLSET_FIELDS : next;
  }

  /** The area, once all of its sides are known. */
  area = $derived.by<Box | null>(() => {
    const { west, south, east, north } = this.box;
    return west === null || south === null || east === null || north === null
      ? null
      : { west, south, east, north };
  });

  /** Takes the area around the sequences of the library. */
  async aroundLibrary(): Promise<void> {
    const reply = await this.app.ask({ call: "library", query: { ...FIRST_QUERY, limit: 10_000 } });
    if (reply?.reply !== "library") return;
    const box = boxAround(
      reply.data.rows.flatMap(({ latDeg, lonDeg }) =>
        latDeg === null || lonDeg === null ? [] : [[latDeg, lonDeg] as const],
      ),
    );
    if (box) this.box = box;
  }

  /** Fills in these sequences. */
  take(keys: readonly string[]): void {
    this.kind = "sequences";
    this.keys = keys.join("\n");
  }

  /** Asks how large it will be. */
  async estimate(): Promise<void> {
    const { choice } = this;
    if (!choice) return;
    if (await this.app.ask({ call: "estimate_take_out", choice })) this.estimated = JSON.stringify(choice);
  }

  /** Asks for the folder and begins. */
  async start(): Promise<void> {
    if (this.choice) await this.app.ask({ call: "start_take_out", choice: this.choice });
  }
}
