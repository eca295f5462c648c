// The scenes of the demo: every view in every state.
import type { HistoryTaken, Problem, Snapshot } from "../../wire.gen";
import { account, accounts, DEFAULTS, NOW_MS, plan, sequence, snapshot, upload } from "./build";
import { FATES, FATE_LINES } from "./fates";
import { day, edited, QUESTION, RIDE, VIDEOS, withoutZone } from "./journey";
import { lines } from "./library";
import { DemoPlan, type Read } from "./plan";
import { at, type Scene } from "./scene";
import { ESTIMATE, PROGRESS, RESULT } from "./takeout";
import { ENDED, NEED_PERSON, UNDER_WAY } from "./uploads";

const offline: Problem = {
  code: "dns",
  message: "mapillary.com could not be reached.",
  action: "Check the network, then sign in again.",
  retry: "after_action",
};
const nobody = accounts([]);
const history: HistoryTaken = {
  recordCount: 22,
  newCount: 14,
  knownCount: 5,
  otherAccountCount: 2,
  unfinishedCount: 1,
};
const pressed = { button: "peer-take", then: "peer-taken" };
/** A scene with a plan that can be edited. */
const prepared = (read: () => Read, change: Partial<Snapshot> = {}, more: Partial<Scene> = {}): Scene => ({
  view: "prepare",
  snapshot: snapshot(change),
  plan: () => new DemoPlan(read()),
  ...more,
});
const clean = (sequences: Read["sequences"], more: Partial<Read> = {}): Read => ({
  sequences,
  videos: [],
  tracks: [],
  zoneQuestion: null,
  findings: [],
  hidden: [],
  ...more,
});
/** A sign-in that came to nothing. */
const signInFailed = (code: string, message: string, action: string): Scene =>
  at("account", {
    account: accounts([], {
      signIn: { kind: "failed", problem: { code, message, action, retry: "after_action" } },
    }),
  });
/** All scenes by name. */
export const SCENES = {
  live: at("prepare", { account: nobody, nowMs: Date.now() }),
  "first-run": at("prepare", { firstRun: true, account: nobody }),
  starting: at("prepare", {}, { core: "silent" }),
  unreachable: at(
    "prepare",
    {},
    {
      core: {
        code: "journal",
        message: "The list of uploads could not be opened: the disk is full.",
        action: "Free some space, then try again.",
        retry: "after_action",
      },
    },
  ),
  "prepare-empty": at("prepare"),
  "prepare-drag": at("prepare", {}, { drag: 3 }),
  "prepare-scanning": at("prepare", {
    prepare: { kind: "reading", data: { found: 812, read: 204, usable: 198, scanComplete: false } },
  }),
  "prepare-reading": at("prepare", {
    prepare: { kind: "reading", data: { found: 1830, read: 1212, usable: 1190, scanComplete: true } },
  }),
  "prepare-failed": at("prepare", {
    prepare: {
      kind: "failed",
      data: {
        code: "unreadable",
        message: "The folder DCIM could not be read: permission denied.",
        action: "Check that you may open it, then choose it again.",
        retry: "after_action",
      },
    },
  }),
  "prepare-none": at("prepare", { prepare: { kind: "ready", data: plan([]) } }),
  "prepare-no-files": at("prepare", { prepare: { kind: "ready", data: plan([], []) } }),
  "prepare-ready": prepared(() => day()),
  "prepare-clean": prepared(() => clean([sequence(0, 0, 120)])),
  "prepare-edited": { view: "prepare", snapshot: snapshot(), plan: edited },
  "prepare-signed-out": prepared(() => day(), { account: nobody }),
  "prepare-many": prepared(() => clean(Array.from({ length: 12 }, (_, id) => sequence(id, id * 1000, 900)))),
  "prepare-huge": prepared(() => clean(Array.from({ length: 50 }, (_, id) => sequence(id, id * 2000, 2000)))),
  "prepare-practice": prepared(() => day(), { practice: true }),
  "prepare-streets": prepared(() => day(), { settings: { ...DEFAULTS, streets: true } }),
  "prepare-streets-missing": prepared(
    () => day(),
    { settings: { ...DEFAULTS, streets: true } },
    { streets: "missing" },
  ),
  "prepare-videos": prepared(() => day({ videos: VIDEOS })),
  "prepare-video-only": prepared(() => clean([], { videos: VIDEOS.slice(0, 2) })),
  "prepare-none-zone": prepared(withoutZone),
  "prepare-zone": prepared(() => day({ zoneQuestion: QUESTION })),
  "prepare-zone-answered": prepared(() => day({ zoneQuestion: { ...QUESTION, answer: "Europe/Vienna" } })),
  "prepare-track": prepared(() => day({ tracks: [RIDE] })),
  "prepare-already": prepared(
    () => day(),
    {
      settings: {
        ...DEFAULTS,
        organizationId: "90017",
        organizations: [{ organizationId: "90017", name: "City of Vienna" }],
      },
    },
    {
      alreadySent: {
        sentCount: 212,
        totalCount: 1324,
        username: "anna_maps",
        firstSentAtMs: Date.UTC(2026, 4, 3, 9),
        lastSentAtMs: Date.UTC(2026, 4, 3, 11),
      },
    },
  ),
  "prepare-dry-running": prepared(() => day(), {
    dryRun: { kind: "running", doneBytes: 1_340_000_000, totalBytes: 3_747_000_000 },
  }),
  "prepare-dry-done": prepared(() => day(), {
    dryRun: { kind: "done", folder: "/home/anna/waypost-dry-run", uploadCount: 3, totalBytes: 3_747_000_000 },
  }),
  "prepare-dry-failed": prepared(() => day(), {
    dryRun: {
      kind: "failed",
      problem: {
        code: "file_error",
        message: "The package of sequence 2 could not be written: the disk is full.",
        action: "Free 3.7 GB or choose another folder, then run it again.",
        retry: "after_action",
      },
    },
  }),
  "prepare-all-out": {
    view: "prepare",
    snapshot: snapshot(),
    plan: () => {
      const out = new DemoPlan(clean([sequence(0, 0, 120)]));
      out.edit({ edit: "exclude", target: { kind: "all" }, excluded: true });
      return out;
    },
  },
  "queue-empty": at("queue"),
  "queue-busy": at("queue", {
    uploads: [...UNDER_WAY.slice(0, 4), UNDER_WAY[7], ENDED[0]].flatMap((row) => row ?? []),
  }),
  "queue-all": at("queue", { uploads: [...NEED_PERSON, ...UNDER_WAY, ...ENDED] }),
  "queue-fates": at("queue", { uploads: FATES }),
  "queue-limited": at("queue", {
    uploads: UNDER_WAY.slice(0, 4),
    settings: {
      ...DEFAULTS,
      bandwidthLimitBytesPerS: 2_500_000,
      schedule: [{ fromMinute: 480, toMinute: 1080, limitBytesPerS: 0 }],
    },
  }),
  "queue-many": at("queue", {
    uploads: Array.from({ length: 50 }, (_, number) =>
      upload(number + 1, {
        imageCount: 1000,
        state: number < 2 ? "sending" : "queued",
        sentBytes: number < 2 ? 400_000_000 * (number + 1) : 0,
        speedBytesPerS: number < 2 ? 4_200_000 : null,
      }),
    ),
  }),
  "queue-offline": at("queue", {
    uploads: UNDER_WAY.slice(0, 3).map((row) => ({
      ...row,
      state: "waiting" as const,
      speedBytesPerS: null,
      waiting: {
        reason: "offline" as const,
        untilMs: NOW_MS + 18_000,
        message: "graph.mapillary.com could not be reached.",
      },
      actions: ["retry" as const, "pause" as const, "cancel" as const],
    })),
  }),
  "library-empty": at("library"),
  "library-full": at("library", { uploads: ENDED }, { lines: lines(60) }),
  "library-fates": at("library", { uploads: FATES }, { lines: FATE_LINES }),
  "library-many": at("library", {}, { lines: lines(2000) }),
  "library-loading": at("library", {}, { library: "silent" }),
  "library-failed": at(
    "library",
    {},
    {
      library: {
        code: "journal",
        message: "The library could not be read.",
        action: "Try again.",
        retry: "after_action",
      },
    },
  ),
  "library-import": at(
    "library",
    {},
    {
      lines: lines(24),
      libraryImport: {
        kind: "running",
        spansDone: 7,
        spansTotal: 24,
        imageCount: 3_204,
        newCount: 11,
      },
    },
  ),
  "library-import-failed": at(
    "library",
    {},
    { lines: lines(24), libraryImport: { kind: "failed", problem: offline } },
  ),
  "library-peer-empty": at("library", {}, { peerHistory: history }),
  "library-peer": at("library", {}, { lines: lines(24), peerHistory: history }),
  "library-peer-taken": at("library", {}, { peerHistory: history, pressed }),
  "library-peer-nothing": at(
    "library",
    {},
    {
      lines: lines(24),
      peerHistory: {
        ...history,
        recordCount: 19,
        newCount: 0,
        knownCount: 19,
        otherAccountCount: 0,
        unfinishedCount: 0,
      },
      pressed,
    },
  ),
  "library-peer-failed": at(
    "library",
    {},
    {
      lines: lines(24),
      peerHistory: {
        code: "io",
        message: "The records of mapillary_tools could not be read: permission denied.",
        action: "Check that you may read its folder, then try again.",
        retry: "after_action",
      },
      pressed: { button: "peer-take", then: "problem" },
    },
  ),
  "take-out": at("take_out"),
  "take-out-signed-out": at("take_out", { account: nobody }),
  "take-out-estimating": at("take_out", { takeOut: { kind: "estimating", imageCount: 8_412 } }),
  "take-out-estimated": at("take_out", { takeOut: { kind: "estimated", estimate: ESTIMATE } }),
  "take-out-running": at("take_out", { takeOut: { kind: "running", progress: PROGRESS } }),
  "take-out-stopped": at("take_out", { takeOut: { kind: "stopped", progress: PROGRESS } }),
  "take-out-done": at("take_out", { takeOut: { kind: "done", result: RESULT } }),
  "take-out-failed": at("take_out", {
    takeOut: {
      kind: "failed",
      problem: {
        code: "file_error",
        message: "The disk of /home/anna/Mapillary take-out is full.",
        action: "Free 12 GB, then go on.",
        retry: "after_action",
      },
      progress: PROGRESS,
    },
  }),
  settings: at("settings"),
  "settings-changed": at("settings", {
    practice: true,
    settings: {
      ...DEFAULTS,
      package: "images",
      cutoffTimeS: 120,
      timeZone: "Europe/Vienna",
      appId: "4400112233",
      appSecretSet: true,
      organizationId: "90017",
      organizations: [{ organizationId: "90017", name: "City of Vienna" }],
      bandwidthLimitBytesPerS: 2_500_000,
      schedule: [
        { fromMinute: 480, toMinute: 1080, limitBytesPerS: 0 },
        { fromMinute: 1320, toMinute: 360, limitBytesPerS: null },
        { fromMinute: 0, toMinute: 0, limitBytesPerS: 1_000_000 },
      ],
      keepAwake: false,
    },
  }),
  "account-out": at("account", { account: nobody }),
  "account-in": at("account", {
    account: accounts([
      account(),
      account({ userId: "2", username: "خرائط_ليلى", kept: "this_run", mayUpload: "unknown" }),
    ]),
  }),
  "account-profiles": at(
    "account",
    { account: nobody },
    {
      profiles: [
        { file: "/home/anna/.config/mapillary/mapillary_tools.ini", profile: "anna", username: "anna_maps" },
        { file: "/home/anna/.config/mapillary/mapillary_tools.ini", profile: "club", username: null },
      ],
    },
  ),
  "account-port-busy": signInFailed(
    "oauth_port_busy",
    "Port 8764 on this computer is used by another program.",
    "Close the program that uses the port, or register and set another redirect URI.",
  ),
  "account-denied": signInFailed(
    "oauth_denied",
    "The sign-in was denied in the browser.",
    "Sign in again and press Allow.",
  ),
  "account-timed-out": signInFailed(
    "oauth_timed_out",
    "The browser gave no answer within 5 minutes.",
    "Sign in again and finish it in the browser window that opens.",
  ),
  "account-refused": at("account", { account: accounts([account({ mayUpload: "no" })]) }),
  "account-waiting": at("account", {
    account: accounts([], {
      signIn: {
        kind: "waiting",
        untilMs: NOW_MS + 254_000,
        browserOpened: true,
        address: "https://www.mapillary.com/connect?client_id=4400112233&state=q7R2",
      },
    }),
  }),
  "account-no-browser": at("account", {
    account: accounts([], {
      signIn: {
        kind: "waiting",
        untilMs: NOW_MS + 254_000,
        browserOpened: false,
        address: "https://www.mapillary.com/connect?client_id=4400112233&state=q7R2",
      },
    }),
  }),
  "account-failed": at("account", {
    account: accounts([], { signIn: { kind: "failed", problem: offline } }),
  }),
  "account-no-keychain": at("account", {
    account: accounts([], {
      signIn: {
        kind: "no_keychain",
        problem: {
          code: "no_keychain",
          message: "This system offers no keychain to keep the sign-in.",
          action: "Sign in for this run only, or start a keychain and sign in again.",
          retry: "after_action",
        },
      },
    }),
  }),
  "account-no-app": at("account", { account: accounts([], { appIdentitySet: false }) }),
  "account-practice": at("account", { practice: true, account: nobody }),
  notice: at(
    "prepare",
    {},
    {
      notice: {
        code: "invalid_setting",
        message: "The pause between sequences must be a number from 0 up.",
        action: "Enter another value.",
        retry: "after_action",
      },
    },
  ),
} satisfies Record<string, Scene>;

/** The scene of this name, or the live one. */
export function sceneOf(name: string): Scene {
  return (SCENES as Record<string, Scene>)[name] ?? SCENES.live;
}
