// A core that says again what a real one said: the files in recordings/ are written by the core's own tests.
// `?recording=` chooses the journey; each call that the journey holds is answered in its order.
import type { Call, Event, EventBody, Reply, Snapshot } from "../wire.gen";
import { pictureOf } from "./scenes/picture";
import { streetTileOf } from "./scenes/street-tile";
import type { Platform } from "./types";

/** A journey that was written down. */
export interface Recording {
  snapshot: Snapshot;
  steps: { call: Call; reply: Reply; events: EventBody[] }[];
}

/** Between two events, so that each is drawn. */
const EVENT_MS = 60;
const FILES = import.meta.glob<Recording>("./recordings/*.json", { import: "default" });

/** Names of the journeys. */
export const RECORDINGS = Object.keys(FILES).map((path) => path.replace(/^.*\/|\.json$/g, ""));

/** The journey of this name. */
export async function recordingOf(name: string): Promise<Recording> {
  const load = FILES[`./recordings/${name}.json`];
  if (!load) throw new Error(`there is no recording ${name}`);
  return load();
}

/** Answers from a journey. */
export class RecordedCore {
  /** Everything that was asked for, for tests. */
  readonly asked: Call[] = [];
  private listener: ((event: Event) => void) | null = null;
  private step = 0;
  private seq = 0;
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly recording: Recording) {}

  listen(listener: (event: Event) => void): void {
    this.listener = listener;
  }

  /** Answers the next step of this name; a folder that is chosen is read like one that is dropped. */
  call(call: Call): Promise<Reply> {
    this.asked.push(call);
    if (call.call === "snapshot")
      return Promise.resolve({ reply: "snapshot", data: { ...this.recording.snapshot, seq: this.seq } });
    const name = call.call === "choose_folder" ? "prepare" : call.call;
    const at = this.recording.steps.findIndex(
      (step, number) => number >= this.step && step.call.call === name,
    );
    const step = this.recording.steps[at];
    if (!step) return Promise.resolve({ reply: "done" });
    this.step = at + 1;
    this.last = this.last.then(() => this.say(step.events));
    return Promise.resolve(step.reply);
  }

  private async say(events: readonly EventBody[]): Promise<void> {
    for (const body of events) {
      await new Promise((done) => setTimeout(done, EVENT_MS));
      this.seq += 1;
      this.listener?.({ seq: this.seq, body });
    }
  }
}

/** The platform that replays a journey. */
export async function recordedPlatform(name: string): Promise<Platform> {
  const core = new RecordedCore(await recordingOf(name));
  Object.assign(window, { waypostDemo: core });
  return {
    call: (call) => core.call(call),
    connect(listener) {
      core.listen(listener);
      return Promise.resolve();
    },
    onDrag: () => Promise.resolve(),
    planPicture: (photoId) => pictureOf(photoId),
    uploadPicture: (uploadId) => pictureOf(uploadId * 7919),
    linePicture: (lineId) => pictureOf(lineId * 104_729),
    streetTile: streetTileOf,
    painted: () => {},
    firstView: "prepare",
  };
}
