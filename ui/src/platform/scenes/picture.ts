// Pictures for the demo: a road, a sky and some houses, drawn as SVG from a number.

const SKIES = ["#9cc3dd", "#b9d3e2", "#d9c9b0", "#a9b8c9", "#c3d8d0"];
const GROUNDS = ["#6f8f62", "#8a9a5b", "#7d7f6a", "#5f8070"];
const HOUSES = ["#b5654a", "#d8c7a3", "#8d99a6", "#c98d5a", "#e3ddd1"];

/** The address of the picture with this number. */
export function pictureOf(number: number): string {
  // Neighbours look alike, as photos of a walk do.
  const scene = Math.floor(number / 40);
  const shift = (number % 40) * 3;
  const pick = (list: string[], by: number) => list[(scene * 7 + by) % list.length] ?? "#888888";
  const houses = [0, 1, 2, 3, 4]
    .map((at) => {
      const width = 26 + ((scene * 13 + at * 17) % 22);
      const height = 22 + ((scene * 5 + at * 29) % 34);
      const x = ((at * 46 + shift) % 210) - 30;
      return `<rect x="${x}" y="${68 - height}" width="${width}" height="${height}" fill="${pick(HOUSES, at)}"/><path d="M${x - 3} ${69 - height}l${width / 2 + 3}-12 ${width / 2 + 3} 12z" fill="#5b4038"/>`;
    })
    .join("");
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 120" preserveAspectRatio="xMidYMid slice">` +
    `<rect width="160" height="70" fill="${pick(SKIES, 1)}"/><circle cx="${126 - (scene % 5) * 20}" cy="20" r="9" fill="#fff6d8" opacity=".8"/>${houses}` +
    `<rect y="66" width="160" height="54" fill="${pick(GROUNDS, 2)}"/><path d="M72 66h16l64 54H8z" fill="#5d6166"/>` +
    `<path d="M79 ${72 + (shift % 12)}h2l1 8h-4zM77.5 ${90 + (shift % 12)}h5l2 12h-9z" fill="#f2efe4"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
