// Starts the window.
import { mount } from "svelte";
import "./app.css";
import Root from "./Root.svelte";
import { speak, warmTexts } from "./i18n";
import { openPlatform, startLanguage } from "./platform";
import { inSlices } from "./parts/slices";
import { App, VIEWS } from "./state/app.svelte";

const target = document.getElementById("app");
if (target) {
  const [platform] = await Promise.all([openPlatform(), speak(startLanguage())]);
  const app = new App(platform);
  app.view = VIEWS.find((view) => view === platform.firstView) ?? "prepare";
  mount(Root, { target, props: { app } });
  void app.start();
  // The second frame is the first that is surely on the screen.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      platform.painted();
      setTimeout(() => inSlices(warmTexts(), () => undefined));
    }),
  );
}
