// Measuring pages that take turns, so that they see the same machine.
import fs from 'node:fs';
import path from 'node:path';

const WARM_UP_PHOTOS = 3;

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

export function photosIn(folder) {
  const photos = fs.readdirSync(folder).sort();
  if (photos.length === 0) throw new Error(`${folder}: expected photos, found none`);
  return photos.map((name) => path.join(folder, name));
}

/** Photos a second of each of `classifiers`, functions that resolve when the photos are classified: medians over the rounds. */
export async function photosPerSecond(classifiers, photos, rounds) {
  const speeds = Object.fromEntries(Object.keys(classifiers).map((name) => [name, []]));
  for (const classify of Object.values(classifiers)) await classify(photos.slice(0, WARM_UP_PHOTOS));
  for (let round = 0; round < rounds; ++round) {
    for (const [name, classify] of Object.entries(classifiers)) {
      const start = performance.now();
      await classify(photos);
      speeds[name].push((photos.length * 1000) / (performance.now() - start));
    }
  }
  return Object.fromEntries(Object.entries(speeds).map(([name, values]) => [name, median(values)]));
}
