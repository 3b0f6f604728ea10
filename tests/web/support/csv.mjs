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

// Of a format that the core leaves to the browser, or to the native tool's libraries, damage is told in other words.
export const platformFailure = /expected (a sound (WebP|AVIF|HEIC|TIFF|JPEG 2000) picture|a format that this browser reads, found )/;

/**
 * The rows in which two CSVs differ, byte for byte; each must be there in both, in the same order. Not counted: files of
 * a format that is the platform's to read, which neither side can.
 */
export function differences(ours, theirs) {
  const [left, right] = [ours, theirs].map((csv) => csv.toString().split('\r\n'));
  if (left.length !== right.length) return [`${left.length} lines against ${right.length}`];
  return left.flatMap((line, i) => {
    const same = line === right[i] || (platformFailure.test(line) && platformFailure.test(right[i]) && pathOf(line) === pathOf(right[i]));
    return same ? [] : [`${line}\n${right[i]}`];
  });
}

const pathOf = (line) => parseCsv(line)[0]?.[0];
