// Small pictures for the rows that are seen. They are made when a row comes into view, and the last few hundred kept.
import type { Thumbnail } from '../pool/messages';
import type { Row } from '../state/results';

const side = 96; // pixels of the square that a photo is squeezed to
const most = 400;

export class Thumbnails {
  private readonly kept = new Map<number, Promise<Thumbnail | null>>();

  constructor(private readonly request: (file: File, size: number) => Promise<Thumbnail | null>) {}

  /** Draws the row's picture, in the photo's own shape, as soon as it is there. */
  async show(row: Row, canvas: HTMLCanvasElement): Promise<void> {
    let thumbnail = this.kept.get(row.id);
    if (!thumbnail) {
      thumbnail = this.request(row.file, side);
      if (this.kept.size >= most) this.kept.delete(this.kept.keys().next().value!);
    } else {
      this.kept.delete(row.id); // to the end: seen last
    }
    this.kept.set(row.id, thumbnail);
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
