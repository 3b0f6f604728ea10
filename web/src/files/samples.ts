// Pictures to try the page with: drawn, nobody's photos.
import type { FoundFile } from './found';

const names = ['tabby', 'ginger', 'grey', 'golden', 'pied', 'spaniel', 'garden'];

/** Throws where they cannot be loaded. */
export function loadSamples(): Promise<FoundFile[]> {
  return Promise.all(
    names.map(async (name) => {
      const path = `samples/${name}.jpg`;
      const response = await fetch(new URL(path, document.baseURI));
      if (!response.ok) throw new Error(`${path}: expected a picture, found ${response.status}`);
      const file = new File([await response.blob()], `${name}.jpg`, { type: 'image/jpeg', lastModified: 0 });
      return { path, file };
    }),
  );
}
