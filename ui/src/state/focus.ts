// Focus is never lost, and never handed to a button: when the element that has it goes away, the nearest place around it
// takes it. A second press of the same key must not press what came in its stead: Stop where Start was, the next row's
// Remove where a row was removed.

/** Places that can be named and read, and where Return and Space do nothing that cannot be taken back. */
const PLACE = "section, article, form, fieldset, dialog, main, [role=group], [role=region], [role=grid]";

/** Gives the focus to a place that is no stop of Tab; it becomes none by it either. */
export function focusPlace(place: HTMLElement): void {
  if (!place.hasAttribute("tabindex")) {
    place.tabIndex = -1;
    // A press of the mouse inside it must not find a place to focus later on.
    place.addEventListener("blur", () => place.removeAttribute("tabindex"), { once: true });
  }
  place.focus({ preventScroll: true });
}

/** Watches the document; returns how to stop. */
export function keepFocus(fallback: HTMLElement): () => void {
  let trail: Element[] = [];
  const remember = (event: FocusEvent) => {
    trail = [];
    for (let at = event.target instanceof Element ? event.target : null; at; at = at.parentElement)
      trail.push(at);
  };
  const observer = new MutationObserver(() => {
    if (trail.length === 0 || trail[0]?.isConnected || document.activeElement !== document.body) return;
    const place = trail.find((around) => around.isConnected && around.matches(PLACE));
    focusPlace(place instanceof HTMLElement ? place : fallback);
  });
  document.addEventListener("focusin", remember);
  observer.observe(document.body, { childList: true, subtree: true });
  return () => {
    document.removeEventListener("focusin", remember);
    observer.disconnect();
  };
}
