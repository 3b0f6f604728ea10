// Reading predictions CSVs (RFC 4180), and comparing two of them.

export function parseCsv(text) {
  const rows = [];
  let cells = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy;
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const match = cell.exec(text);
    if (!match) throw new Error(`expected RFC 4180, found ${JSON.stringify(text.slice(at, at + 40))}`);
    cells.push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
    if (match[3] === ',') continue;
    rows.push(cells);
    cells = [];
  }
  return rows;
}

// What the core leaves to the platform: the words for its failures are the platform's.
const platformFailure = /^expected (a sound (WebP|AVIF|HEIC|TIFF|JPEG 2000) picture|a format that this browser reads, found )/;

/**
 * Where two CSVs differ: `real` must be empty; `platform` counts failures of the platform's own decoders that are worded
 * differently.
 */
export function compareCsv(ours, theirs) {
  const [left, right] = [parseCsv(ours), parseCsv(theirs)];
  const names = left[0] ?? [];
  const real = [];
  let platform = 0;
  if (left.length !== right.length) real.push(`${left.length} rows against ${right.length}`);
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    for (let column = 0; column < Math.max(left[i].length, right[i].length); column += 1) {
      const [a, b] = [left[i][column], right[i][column]];
      if (a === b) continue;
      if (names[column] === 'error' && platformFailure.test(a) && platformFailure.test(b)) platform += 1;
      else real.push(`${left[i][0]}, ${names[column]}: ${JSON.stringify(a)} against ${JSON.stringify(b)}`);
    }
  }
  return { real, platform, rows: left.length - 1 };
}
