// What the window needs from the program around it. Only this folder knows which program that is.
import type { Call, Event, Reply } from "../wire.gen";

/** A drag over the window. Positions are left out: the whole window takes the drop. */
export type Drag = { kind: "enter"; count: number } | { kind: "leave" } | { kind: "drop"; paths: string[] };

/** The program around the window: the Tauri shell, or the demo in a plain browser. */
export interface Platform {
  /** Asks for something. Rejects with a `Problem`. */
  call(call: Call): Promise<Reply>;
  /** Delivers every event from now on. Call it before asking for the first snapshot. */
  connect(listener: (event: Event) => void): Promise<void>;
  /** Reports drags of files over the window. */
  onDrag(listener: (drag: Drag) => void): Promise<void>;
  /** Address of the small picture of a photo in the plan. */
  planPicture(photoId: number): string;
  /** Address of the small picture of an upload. */
  uploadPicture(uploadId: number): string;
  /** Address of the small picture of a line of the library. */
  linePicture(lineId: number): string;
  /** Address of a tile of streets. */
  readonly streetTile: (zoom: number, x: number, y: number) => string;
  /** Tells that the window is painted, for the measure of its start. */
  painted(): void;
  /** Where the window starts, in the demo only. */
  readonly firstView?: string | undefined;
}
