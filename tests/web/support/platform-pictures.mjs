// Pictures of formats that the core leaves to the browser, by hand.

const bytes = (...parts) => Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))));
const u16 = (value) => [value >> 8, value & 255];
const u32 = (value) => [...u16(value >>> 16), ...u16(value & 0xffff)];
const little = (value, count) => Array.from({ length: count }, (_, i) => (value >>> (8 * i)) & 255);

function chunk(name, content) {
  return bytes(name, little(content.length, 4), content, content.length % 2 ? [0] : []);
}

function riff(...chunks) {
  const all = bytes('WEBP', ...chunks);
  return bytes('RIFF', little(all.length, 4), all);
}

/** A lossless WebP of the largest size there is, whose pixels are missing. */
export function hugeWebp() {
  return riff(chunk('VP8L', bytes([0x2f], little(16382 | (16382 << 14), 4), new Array(13).fill(0))));
}

/** The chunk of an opaque WebP that holds its pixels. */
function pixelsOf(webp) {
  for (let at = 12; ; ) {
    const end = at + 8 + webp.readUInt32LE(at + 4);
    if (['VP8 ', 'VP8L'].includes(webp.toString('latin1', at, at + 4))) return webp.subarray(at, end + (end % 2));
    at = end + (end % 2);
  }
}

/**
 * `webp`: opaque, of these sides. With an orientation in EXIF; `signed`: behind JPEG's signature, as some programs
 * write it.
 */
export function turnedWebp(webp, width, height, orientation, { signed = false } = {}) {
  const exif = bytes(signed ? 'Exif\0\0' : '', 'II*\0', little(8, 4), little(1, 2), little(0x112, 2), little(3, 2), little(1, 4), little(orientation, 4), little(0, 4));
  const head = bytes([8, 0, 0, 0], little(width - 1, 3), little(height - 1, 3));
  return riff(chunk('VP8X', head), pixelsOf(webp), chunk('EXIF', exif));
}

const box = (name, ...content) => {
  const all = bytes(...content);
  return bytes(u32(8 + all.length), name, all);
};

/** An AVIF that promises 78×78 pixels; its AV1 picture says 10000×10000, and is not there. */
export function lyingAvif() {
  const picture = bytes([0x12, 0x00, 0x0a, 0x0b, 0x3f, 0xf7, 0x67, 0x0f, 0x9c, 0x3d, 0xa4, 0x04, 0x34, 0x1a, 0x40], new Array(60).fill(0));
  const properties = box('ipco', box('ispe', u32(0), u32(78), u32(78)), box('av1C', [0x81, 0x3f, 0, 0]));
  const meta = (place) => box('meta', u32(0),
    box('hdlr', u32(0), u32(0), 'pict', new Array(13).fill(0)),
    box('pitm', u32(0), u16(1)),
    box('iloc', u32(0), [0x44, 0], u16(1), u16(1), u16(0), u16(1), u32(place), u32(picture.length)),
    box('iinf', u32(0), u16(1), box('infe', [2, 0, 0, 0], u16(1), u16(0), 'av01', [0])),
    box('iprp', properties, box('ipma', u32(0), u32(1), u16(1), [2, 1, 0x82])));
  const start = box('ftyp', 'avif', u32(0), 'avifmif1miaf');
  const place = start.length + meta(0).length + 8;
  return bytes(start, meta(place), box('mdat', picture));
}
