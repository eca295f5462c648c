// Pictures for the demo: a road, a sky and some houses, painted from a number. They are bitmaps, as the core's small
// pictures are: an SVG would be a document of its own each, and the demo would measure nothing but those.

const [WIDTH_PX, HEIGHT_PX] = [160, 120];
const HORIZON_PX = 68;
const SKIES = [0x9cc3dd, 0xb9d3e2, 0xd9c9b0, 0xa9b8c9, 0xc3d8d0];
const GROUNDS = [0x6f8f62, 0x8a9a5b, 0x7d7f6a, 0x5f8070];
const HOUSES = [0xb5654a, 0xd8c7a3, 0x8d99a6, 0xc98d5a, 0xe3ddd1];
const [ROOF, ROAD, PAINT, SUN] = [0x5b4038, 0x5d6166, 0xf2efe4, 0xf3ecd2];
/** A bitmap's header and its palette of 16 colours, bytes. */
const HEAD_BYTES = 54 + 16 * 4;
/** So many scenes, with so many steps of a walk in each: what is scrolled past is soon made. */
const SCENES = 12;
const STEPS = 10;
const made = new Map<number, string>();

/** The address of the picture with this number. */
export function pictureOf(number: number): string {
  // Neighbours look alike, as photos of a walk do.
  const scene = Math.floor(number / 40) % SCENES;
  const step = Math.floor((number % 40) / (40 / STEPS));
  const key = scene * STEPS + step;
  let address = made.get(key);
  if (address === undefined) made.set(key, (address = paint(scene, step * 12)));
  return address;
}

function paint(scene: number, shift: number): string {
  const pick = (list: number[], by: number) => list[(scene * 7 + by) % list.length] ?? 0;
  const palette = [pick(SKIES, 1), pick(GROUNDS, 2), ROAD, PAINT, ROOF, SUN, ...HOUSES];
  const colour = (wanted: number) => palette.indexOf(wanted);
  const dots = new Uint8Array(WIDTH_PX * HEIGHT_PX);
  const row = (y: number, from: number, to: number, at: number) => {
    if (y >= 0 && y < HEIGHT_PX)
      dots.fill(
        at,
        y * WIDTH_PX + Math.max(0, Math.min(WIDTH_PX, Math.round(from))),
        y * WIDTH_PX + Math.max(0, Math.min(WIDTH_PX, Math.round(to))),
      );
  };
  for (let y = HORIZON_PX; y < HEIGHT_PX; y += 1) row(y, 0, WIDTH_PX, 1);
  const sun = 126 - (scene % 5) * 20;
  for (let y = 11; y <= 29; y += 1) {
    const half = Math.sqrt(Math.max(0, 81 - (y - 20) ** 2));
    row(y, sun - half, sun + half, 5);
  }
  for (let at = 0; at < 5; at += 1) {
    const width = 26 + ((scene * 13 + at * 17) % 22);
    const top = HORIZON_PX - 22 - ((scene * 5 + at * 29) % 34);
    const x = ((at * 46 + shift) % 210) - 30;
    for (let y = top; y < HORIZON_PX; y += 1) row(y, x, x + width, colour(pick(HOUSES, at)));
    for (let y = 0; y < 12; y += 1) {
      const half = (y / 12) * (width / 2 + 3);
      row(top - 12 + y, x + width / 2 - half, x + width / 2 + half, 4);
    }
  }
  for (let y = HORIZON_PX - 2; y < HEIGHT_PX; y += 1) {
    const half = 8 + ((y - HORIZON_PX + 2) / 54) * 64;
    row(y, 80 - half, 80 + half, 2);
    if ((y + HEIGHT_PX - shift) % 24 < 5 + (y - HORIZON_PX) / 8) row(y, 80 - half / 16, 80 + half / 16, 3);
  }
  return bitmap(palette, dots);
}

/** A bitmap of 4 bits a dot as a data address. */
function bitmap(palette: number[], dots: Uint8Array): string {
  const bytes = new Uint8Array(HEAD_BYTES + (WIDTH_PX / 2) * HEIGHT_PX);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x424d);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, HEAD_BYTES, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, WIDTH_PX, true);
  // Rows from the top.
  view.setInt32(22, -HEIGHT_PX, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 4, true);
  palette.forEach((colour, at) => view.setUint32(54 + at * 4, colour, true));
  for (let at = 0; at < dots.length; at += 2) {
    bytes[HEAD_BYTES + at / 2] = ((dots[at] ?? 0) << 4) | (dots[at + 1] ?? 0);
  }
  return `data:image/bmp;base64,${btoa(String.fromCharCode(...bytes))}`;
}
