// Pictures of one grey and any size, in small files.
import zlib from 'node:zlib';

const segment = (marker, ...bytes) => [0xff, marker, (bytes.length + 2) >> 8, (bytes.length + 2) & 255, ...bytes];
const two = (value) => [value >> 8, value & 255];

// Codes of the first block of a component, of every further one, and "no detail": by hand, as the tables below have them.
const dcSame = '0';
const dcSeven = '10'; // 7 bits follow
const noDetail = '0';

/** Baseline, 4:4:4; every block but the first is "no change, no detail". `grey`: 192 to 255; sides: multiples of 8. */
export function greyJpeg(width, height, grey) {
  const huffman = (id, counts, symbols) => segment(0xc4, id, ...counts, ...new Array(16 - counts.length).fill(0), ...symbols);
  const head = [
    0xff, 0xd8,
    ...segment(0xdb, 0, ...new Array(64).fill(8)), // a step of the first coefficient is one of grey
    ...segment(0xc0, 8, ...two(height), ...two(width), 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0),
    ...huffman(0x00, [1, 1], [0, 7]),
    ...huffman(0x10, [1], [0]),
    ...segment(0xda, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0),
  ];
  const blocks = (width / 8) * (height / 8);
  // The first block says how bright; the colours of it, and all that follows, are the same as before.
  const bits = `${dcSeven}${(grey - 128).toString(2).padStart(7, '0')}${noDetail}${(dcSame + noDetail).repeat(2)}`;
  const data = Buffer.alloc(Math.ceil((bits.length + 6 * (blocks - 1)) / 8));
  [...bits].forEach((bit, i) => (data[i >> 3] |= Number(bit) << (7 - (i & 7))));
  return Buffer.concat([Buffer.from(head), data, Buffer.from([0xff, 0xd9])]);
}

/** 8-bit RGB. */
export function greyPng(width, height, grey) {
  const row = Buffer.alloc(1 + 3 * width, grey);
  row[0] = 0; // no filter
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const whole = Buffer.alloc(8 + body.length);
    whole.writeUInt32BE(data.length);
    body.copy(whole, 4);
    whole.writeUInt32BE(zlib.crc32(body), 4 + body.length);
    return whole;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const pixels = zlib.deflateSync(Buffer.concat(new Array(height).fill(row)), { level: 1 });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}
