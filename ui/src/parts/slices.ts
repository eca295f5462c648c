// Long reckoning in short slices, so that the window answers in between.

/** One slice, ms. A frame of 60 a second has 16.7 ms. */
export const SLICE_MS = 8;

/** Goes on with `steps` until the slice is over. Returns whether all is done. */
export function goOn(steps: Iterator<void, unknown>, until = performance.now() + SLICE_MS): boolean {
  for (;;) {
    if (steps.next().done) return true;
    if (performance.now() >= until) return false;
  }
}

/** Does all of it in slices, then calls `done`. Returns what gives it up. */
export function inSlices(steps: Iterator<void, unknown>, done: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const slice = () => {
    if (goOn(steps)) done();
    else timer = setTimeout(slice);
  };
  slice();
  return () => clearTimeout(timer);
}
