// Files that a person offered, and their paths.

export interface FoundFile {
  /** 'folder/sub/name.jpg' for what came in a folder, otherwise the name. */
  path: string;
  file: File;
  /** The folder that it lies in, where the browser gave one that stays usable. */
  parent?: FileSystemDirectoryHandle | undefined;
}

/** The same photo has the same path, size and time of change. */
export function identity({ path, file }: FoundFile): string {
  return `${path}\0${file.size}\0${file.lastModified}`;
}

/** Orders as the bytes of UTF-8 do, which is the order of rows in the CSV (JavaScript's own differs beyond U+D800). */
export function comparePaths(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i += 1) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a !== b) return rank(a) - rank(b);
  }
  return left.length - right.length;
}

// Surrogates stand for characters above all others.
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Whether whoever named the file takes it for a picture: then it is an error if it is none. */
export function isNamedAsPicture(name: string): boolean {
  return /\.(jpe?g|jfif|png|gif|bmp|webp|avif|hei[cf]|tiff?|jp2|jxl|tga|psd|p[bgpn]m|svg|dng|cr[23]|nef|arw|orf|raf|rw2)$/i.test(name);
}
