// How names of files and folders are shown where there is little room; the whole stands under the pointer.

/** Folders at the end of a path that are shown: the card's and the camera's own. */
const SHOWN_FOLDERS = 2;

/** The end of a path, which tells folders apart: "/media/anna/CARD/DCIM/100GOPRO" → "DCIM/100GOPRO". */
export function shortFolder(path: string): string {
  return path.split(/[\\/]/).filter(Boolean).slice(-SHOWN_FOLDERS).join("/");
}

/** The name of a file without its folders. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).pop() ?? path;
}

/** A sentence about a file without the name at its beginning, where the name already stands beside it. */
export function withoutName(sentence: string, name: string): string {
  return sentence.startsWith(name) ? sentence.slice(name.length).trim() : sentence;
}

/** A name whose writing direction does not disturb the sentence around it (first strong isolate). */
export function isolated(name: string): string {
  return `\u2068${name}\u2069`;
}
