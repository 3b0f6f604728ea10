// Whether the browser leaves colours to us.

/** How photos are to be decoded: as they are stored. Not every browser knows all of it. */
export const asStored: ImageBitmapOptions = {
  imageOrientation: 'from-image',
  premultiplyAlpha: 'none',
  colorSpaceConversion: 'none',
};

// A PNG of one pixel in Display P3; in sRGB it is (217, 42, 39).
const stored = [200, 60, 50];
const picture =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAA02lDQ1BwAAB42mNgYLzAAARMDgwMuXklRUHuTgoRkVEK7C8YGGE4' +
  'Mbm4gAEv+HaNgRFEX9ZlIB1wpqQWJwPpD0Acn1xQVMLAwBgAZAuUlxSA2AlAtkgR0FFAdgmInQ5hd4DYSRD2HLCakCBnIHsDkK2Q' +
  'jsROQmJD7QIB1pLU4hIGKoOS1AqwmXn5eakgGhSW6GGEEGu+z8Bgu/////+7EWJe+xkYNpozMHDtRIhpWDAwCHIzMJzYWZBYlAgW' +
  'YgZFWloaA8On5QwMvJEMDMLAeOSKBgC8Pz8FVbEUJwAAAAxJREFUeNpjOGFjBAADBgE3oCOP2gAAAABJRU5ErkJggg==';

let asked: Promise<boolean> | undefined;

/** Whether pixels come in the photo's own colours, which the core is to convert; else the browser has done that. */
export function keepsStoredColours(): Promise<boolean> {
  asked ??= tryIt().catch(() => false); // a browser that cannot even read this converts, as it does by default
  return asked;
}

async function tryIt(): Promise<boolean> {
  const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }), asStored);
  const context = new OffscreenCanvas(1, 1).getContext('2d');
  context?.drawImage(bitmap, 0, 0);
  bitmap.close();
  const pixel = context?.getImageData(0, 0, 1, 1).data;
  return stored.every((level, channel) => Math.abs((pixel?.[channel] ?? 0) - level) <= 2);
}
