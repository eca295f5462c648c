// A stand-in for the shell in a plain browser: answers from a scripted core, for development, pictures and tests.
// `?scene=` chooses what it shows, `?theme=` light or dark, `?lang=` en, de or fr, `?view=` where it starts.
import type { Call, Event, Reply } from "../wire.gen";
import { DemoCore } from "./scenes/core";
import { sceneOf } from "./scenes";
import { pictureOf } from "./scenes/picture";
import { streetTileOf } from "./scenes/street-tile";
import type { Drag, Platform } from "./types";

/** The demo platform; `query` chooses what it shows. */
export function demoPlatform(query: URLSearchParams): Platform {
  const scene = sceneOf(query.get("scene") ?? "live");
  const theme = query.get("theme") ?? "system";
  const core = new DemoCore(scene, theme, query.get("lang") ?? "system");
  if (scene.pressed) press(scene.pressed.button);
  // Tests play the person who drags files, and read what was asked for.
  Object.assign(window, { waypostDemo: core });
  return {
    call: (call: Call): Promise<Reply> => core.call(call),
    connect(listener: (event: Event) => void) {
      core.listen(listener);
      return Promise.resolve();
    },
    onDrag(listener: (drag: Drag) => void) {
      core.onDrag(listener);
      return Promise.resolve();
    },
    planPicture: (photoId) => pictureOf(photoId),
    uploadPicture: (uploadId) => pictureOf(uploadId * 7919),
    linePicture: (lineId) => pictureOf(lineId * 104_729),
    streetTile: scene.streets === "missing" ? () => "data:image/png;base64,AAAA" : streetTileOf,
    painted: () => {},
    firstView: query.get("view") ?? scene.view,
  };
}

/** Presses a button as soon as it stands there. */
function press(testid: string): void {
  const button = document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
  if (button) button.click();
  else setTimeout(() => press(testid), 20);
}
