// A folder of what people have in their folders: pictures of every kind under odd names, broken ones, no pictures, clutter.
import fs from 'node:fs';
import path from 'node:path';
import { run, tools } from './tools.mjs';

const oddNames = [
  '=cmd(1).png', '+1.png', '-2.png', '@home.png', 'a,b.png', 'say "cheese".png', "it's.png", 'two\nlines.png',
  'Füße im Schnee.png', 'ひろ.png', 'Ω.png', '🐱 & 🐶.png', 'חתול שלי.png', '\u202Egnp.exe.png', '\uFFFC.png', 'no extension', 'UPPER.PNG', '100% sure.png',
  'a#b?c.png', '<b>&amp;.png', '  spaces  .png', 'text.jpg',
];

/** Writes the folder; gives how many files of it are to be offered. */
export function makeOddFolder(folder) {
  run(tools.makePictures, folder);
  const picture = fs.readFileSync(firstPicture(path.join(folder, 'png')));
  const odd = path.join(folder, 'odd names', 'süß', 'c');
  fs.mkdirSync(odd, { recursive: true });
  for (const name of oddNames) fs.writeFileSync(path.join(odd, name), name === 'text.jpg' ? 'no picture\n' : picture);
  fs.writeFileSync(path.join(folder, 'empty.jpg'), '');
  fs.writeFileSync(path.join(folder, 'notes.txt'), 'milk, bread\n');
  const offered = countFiles(folder);
  for (const clutter of ['.hidden.png', 'Thumbs.db', '.git/a.png', '__MACOSX/b.png', 'odd names/desktop.ini']) {
    fs.mkdirSync(path.dirname(path.join(folder, clutter)), { recursive: true });
    fs.writeFileSync(path.join(folder, clutter), picture);
  }
  return offered;
}

function firstPicture(folder) {
  return path.join(folder, fs.readdirSync(folder).sort()[0]);
}

export function countFiles(folder) {
  return fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}
