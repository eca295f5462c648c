// Focus is never lost: when the element that has it goes away, the nearest that is left takes it.

const FOCUSABLE = "button:not(:disabled), input:not(:disabled), select, a[href], [tabindex='0']";

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
    for (const ancestor of trail) {
      if (!ancestor.isConnected || ancestor === document.body) continue;
      const next = ancestor.querySelector<HTMLElement>(FOCUSABLE);
      if (!next) continue;
      next.focus({ preventScroll: true });
      return;
    }
    fallback.focus({ preventScroll: true });
  });
  document.addEventListener("focusin", remember);
  observer.observe(document.body, { childList: true, subtree: true });
  return () => {
    document.removeEventListener("focusin", remember);
    observer.disconnect();
  };
}
