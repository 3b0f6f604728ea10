// WebP's orientation lies in a chunk with EXIF, which some browsers mind and others do not: they are not shown it, and the
// picture is turned here.

/** The photo for the browser's decoder, without what might turn it. */
export function withoutExif(webp: Uint8Array<ArrayBuffer>): Blob {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const view = new DataView(webp.buffer, webp.byteOffset, webp.byteLength);
  let taken = 0;
  // RIFF, the size, WEBP; then chunks: name, length, as many bytes, filled up to an even number.
  for (let at = 12; at + 8 <= webp.length; ) {
    const name = String.fromCharCode(...webp.subarray(at, at + 4));
    if (name === 'EXIF') {
      parts.push(webp.subarray(taken, at), new TextEncoder().encode('skip')); // decoders skip chunks that they do not know
      taken = at + 4;
    }
    const length = view.getUint32(at + 4, true);
    at += 8 + length + (length & 1);
  }
  return new Blob([...parts, webp.subarray(taken)], { type: 'image/webp' });
}

/** What turns a stored picture of these sides upright: for setTransform. `orientation`: 1 to 8, as EXIF counts. */
export function turning(orientation: number, width: number, height: number): DOMMatrix2DInit {
  const matrices = [
    [1, 0, 0, 1, 0, 0],
    [-1, 0, 0, 1, width, 0],
    [-1, 0, 0, -1, width, height],
    [1, 0, 0, -1, 0, height],
    [0, 1, 1, 0, 0, 0],
    [0, 1, -1, 0, height, 0],
    [0, -1, -1, 0, height, width],
    [0, -1, 1, 0, 0, width],
  ];
  const [a, b, c, d, e, f] = matrices[orientation - 1]!;
  return { a: a!, b: b!, c: c!, d: d!, e: e!, f: f! };
}
