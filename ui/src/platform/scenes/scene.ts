// What a scene of the demo is made of: where the window stands, what it knows, and how the core answers.
import type {
  AlreadySentView,
  HistoryTaken,
  LibraryImportState,
  LibraryRow,
  Problem,
  ProfileRow,
  Snapshot,
} from "../../wire.gen";
import { snapshot } from "./build";
import type { DemoPlan } from "./plan";

/** One scene: where the window stands and what it knows. */
export interface Scene {
  view: string;
  snapshot: Snapshot;
  /** The core never answers, or answers with this. */
  core?: "silent" | Problem;
  /** Files hang over the window. */
  drag?: number;
  /** Said once, after the start. */
  notice?: Problem;
  /** The plan that is prepared. */
  plan?: () => DemoPlan;
  /** What was sent before, asked about at the first attempt. */
  alreadySent?: AlreadySentView;
  /** Lines of the library. */
  lines?: LibraryRow[];
  /** What the library answers with, where it does not answer. */
  library?: "silent" | Problem;
  /** Where reading the account's sequences is. */
  libraryImport?: LibraryImportState;
  /** mapillary_tools left records; what comes of taking them over. */
  peerHistory?: HistoryTaken | Problem;
  /** What the person has pressed by now, and what stands on the window since, by their test ids. */
  pressed?: { button: string; then: string };
  /** What the file report answers with; made up where absent. */
  report?: "silent" | Problem;
  /** Tiles of streets do not come. */
  streets?: "missing";
  /** Sign-ins of mapillary_tools that are found. */
  profiles?: ProfileRow[];
}

/** A scene of a view. */
export const at = (view: string, change: Partial<Snapshot> = {}, more: Partial<Scene> = {}): Scene => ({
  view,
  snapshot: snapshot(change),
  ...more,
});
