// Tiles of streets for the demo: SVG from numbers, which fit together and need no server.

/** The address of a tile. */
export function streetTileOf(zoom: number, x: number, y: number): string {
  const park = (x * 7 + y * 13) % 5 === 0;
  const water = (x * 3 + y * 5 + zoom) % 7 === 0;
  const lines = "M0 64H256M0 176H256M72 0V256M168 0V256";
  const houses = [
    [16, 80],
    [88, 80],
    [120, 112],
    [184, 80],
    [184, 192],
    [16, 192],
    [88, 8],
  ]
    .map(([left, top]) => `<rect x="${left}" y="${top}" width="26" height="40" fill="#d9d0c9"/>`)
    .join("");
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"><rect width="256" height="256" fill="#f2efe9"/>` +
    (park ? `<rect x="72" y="64" width="96" height="112" fill="#c8e6b8"/>` : "") +
    (water ? `<path d="M168 176H256V256H168z" fill="#aad3df"/>` : "") +
    houses +
    `<path d="${lines}" stroke="#c4bdb4" stroke-width="13"/><path d="${lines}" stroke="#ffffff" stroke-width="10"/>` +
    `<path d="M0 128H256" stroke="#c9a97a" stroke-width="19"/><path d="M0 128H256" stroke="#fcd6a4" stroke-width="15"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
