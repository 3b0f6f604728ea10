// A photo of any format: the core's own, and what the core leaves to the browser.
import { decodeHeif } from './heif';
import { asStored, keepsStoredColours } from './stored-colours';
import { turning, withoutExif } from './webp-orientation';
import { isFailure, type CatdogCore, type Failure, type Preprocessed } from './core';

/** What the core makes of a photo: of its bytes, or of pixels that something else decoded. */
export interface Maker<T> {
  bytes(file: Uint8Array): T | Failure;
  /** `file`: the photo's bytes, whose colour profile the pixels are in; none where they are in sRGB. */
  rgba(pixels: Uint8ClampedArray, width: number, height: number, format: string, file: Uint8Array): T | Failure;
}

/** What `make` makes of a photo, which the browser decodes where the core does not. Only a broken core throws. */
export async function decodePhoto<T extends object>(
  core: CatdogCore,
  bytes: Uint8Array<ArrayBuffer>,
  make: Maker<T>,
): Promise<T | Failure> {
  const result = make.bytes(bytes);
  if (!isFailure(result) || result.problem !== 'needs-platform') return result;
  return decodeInBrowser(core, bytes, result, make);
}

/** The photo, squeezed to size × size. */
export function preprocessPhoto(core: CatdogCore, bytes: Uint8Array<ArrayBuffer>, size: number): Promise<Preprocessed | Failure> {
  return decodePhoto<Preprocessed>(core, bytes, {
    bytes: (from) => core.preprocess(from, size),
    rgba: (...pixels) => core.preprocessRgba(...pixels, size),
  });
}

// The media types of formats that the core leaves to the browser.
const mediaTypes: Record<string, string> = {
  WebP: 'image/webp',
  AVIF: 'image/avif',
  HEIC: 'image/heic',
  TIFF: 'image/tiff',
  'JPEG 2000': 'image/jp2',
};

async function decodeInBrowser<T>(
  core: CatdogCore,
  bytes: Uint8Array<ArrayBuffer>,
  refused: Failure,
  make: Maker<T>,
): Promise<T | Failure> {
  let bitmap: ImageBitmap;
  try {
    const photo = refused.format === 'WebP' ? withoutExif(bytes) : new Blob([bytes], { type: mediaTypes[refused.format] ?? '' });
    bitmap = await createImageBitmap(photo, asStored);
  } catch {
    if (refused.format !== 'HEIC') return unreadable(refused.format);
    const decoded = await decodeHeif(bytes, core.maxWholePixels());
    if ('error' in decoded) return decoded;
    return make.rgba(decoded.rgba, decoded.width, decoded.height, refused.format, bytes);
  }
  const { width, height } = bitmap;
  const inOwnColours = await keepsStoredColours();
  try {
    const most = core.maxWholePixels();
    if (width * height > most) {
      return failure(`expected at most ${most / 1e6} megapixels, found ${width}×${height}`, 'too-large', refused.format);
    }
    const orientation = refused.format === 'WebP' ? core.exifOrientation(bytes) : 1;
    const upright = orientation < 5 ? ([width, height] as const) : ([height, width] as const);
    const canvas = new OffscreenCanvas(...upright);
    const context = canvas.getContext('2d');
    if (!context) return failure('expected memory for the picture, found none', 'no-memory', refused.format);
    context.imageSmoothingEnabled = false;
    context.setTransform(turning(orientation, width, height));
    context.drawImage(bitmap, 0, 0);
    const pixels = context.getImageData(0, 0, ...upright).data;
    return make.rgba(pixels, ...upright, refused.format, inOwnColours ? bytes : new Uint8Array());
  } catch (error) {
    return failure(`expected memory for the picture, found ${nameOf(error)}`, 'no-memory', refused.format);
  } finally {
    bitmap.close();
  }
}

// Damage, or a format that this browser does not know? Some browsers tell.
async function unreadable(format: string): Promise<Failure> {
  const type = mediaTypes[format];
  const known = type && 'ImageDecoder' in self ? await ImageDecoder.isTypeSupported(type) : undefined;
  const damage = `expected a sound ${format} picture, found damage`;
  const unknown = `expected a format that this browser reads, found ${format}: save it as JPEG or PNG, or use catdog-classify`;
  const word = known === undefined ? `${damage}, or a format that this browser does not read` : known ? damage : unknown;
  return failure(word, known === false ? 'needs-platform' : 'corrupt', format);
}

function failure(error: string, problem: Failure['problem'], format = 'unknown'): Failure {
  return { error, problem, format };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}
