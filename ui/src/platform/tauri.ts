// The bridge to the Tauri shell. The only file that imports @tauri-apps.
import { Channel, convertFileSrc, invoke } from "@tauri-apps/api/core";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import type { Call, Event, Reply } from "../wire.gen";
import type { Drag, Platform } from "./types";

/** The platform inside Waypost. */
export function tauriPlatform(): Platform {
  return {
    call: (call: Call) => invoke<Reply>("call", { call }),
    async connect(listener: (event: Event) => void) {
      const channel = new Channel<Event>();
      channel.onmessage = listener;
      await invoke("connect", { channel });
    },
    async onDrag(listener: (drag: Drag) => void) {
      await getCurrentWebview().onDragDropEvent(({ payload }) => {
        if (payload.type === "enter") listener({ kind: "enter", count: payload.paths.length });
        else if (payload.type === "leave") listener({ kind: "leave" });
        else if (payload.type === "drop") listener({ kind: "drop", paths: payload.paths });
      });
    },
    planPicture: (photoId) => convertFileSrc(`plan/${photoId}`, "thumb"),
    uploadPicture: (uploadId) => convertFileSrc(`upload/${uploadId}`, "thumb"),
    linePicture: (lineId) => convertFileSrc(`library/${lineId}`, "thumb"),
    streetTile: (zoom, x, y) => convertFileSrc(`street/${zoom}/${x}/${y}`, "thumb"),
    painted: () => void invoke("painted"),
  };
}
