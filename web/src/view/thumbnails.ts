// Small pictures for the rows that are seen: what the network saw, the last few hundred of them; made again for a row
// that comes into view later.
import type { Thumbnail } from '../pool/messages';
import type { Row } from '../state/results';

const side = 160; // pixels of the square that a photo is squeezed to
const most = 400;

export class Thumbnails {
  private readonly kept = new Map<number, Promise<Thumbnail | null>>();

  constructor(private readonly request: (file: File, size: number) => Promise<Thumbnail | null>) {}

  keep(id: number, thumbnail: Promise<Thumbnail | null>): void {
    this.kept.delete(id); // to the end: seen last
    this.kept.set(id, thumbnail);
    if (this.kept.size > most) this.kept.delete(this.kept.keys().next().value!);
  }

  /** Draws the row's picture, in the photo's own shape, as soon as it is there. */
  async show(row: Row, canvas: HTMLCanvasElement): Promise<void> {
    const thumbnail = this.kept.get(row.id) ?? this.request(row.file, side);
    this.keep(row.id, thumbnail);
    const picture = await thumbnail;
    if (picture) draw(picture, canvas);
  }

  clear(): void {
    this.kept.clear();
  }
}

function draw(picture: Thumbnail, canvas: HTMLCanvasElement): void {
  const { size, pixels, width, height } = picture;
  const image = new ImageData(size, size);
  for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4) {
    image.data[to] = pixels[from]!;
    image.data[to + 1] = pixels[from + 1]!;
    image.data[to + 2] = pixels[from + 2]!;
    image.data[to + 3] = 255;
  }
  canvas.width = size;
  canvas.height = size;
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  // The whole photo was squeezed to a square: its own shape stretches it back.
  const longer = Math.max(width, height);
  canvas.style.width = `${(100 * width) / longer}%`;
  canvas.style.height = `${(100 * height) / longer}%`;
}
