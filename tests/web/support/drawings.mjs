// Drawn cats and dogs, made in the browser as photos of a holiday: for pictures of the page that show nobody's photos.
import fs from 'node:fs';
import path from 'node:path';

const cat = (fur, inner, eyes) => `
  <path d="M95 170 L100 70 L165 120 Z M305 170 L300 70 L235 120 Z" fill="${fur}"/>
  <path d="M112 140 L113 95 L145 120 Z M288 140 L287 95 L255 120 Z" fill="${inner}"/>
  <path d="M70 330 Q80 250 200 250 Q320 250 330 330 Z" fill="${fur}"/>
  <ellipse cx="200" cy="195" rx="112" ry="92" fill="${fur}"/>
  <ellipse cx="158" cy="185" rx="22" ry="24" fill="${eyes}"/><ellipse cx="242" cy="185" rx="22" ry="24" fill="${eyes}"/>
  <ellipse cx="158" cy="185" rx="6" ry="22"/><ellipse cx="242" cy="185" rx="6" ry="22"/>
  <ellipse cx="200" cy="238" rx="42" ry="28" fill="#fff" opacity=".75"/>
  <path d="M190 222 h20 l-10 12 z" fill="#d77"/>
  <path d="M200 234 v8 q-14 14 -26 4 M200 242 q14 14 26 4" fill="none" stroke="#444" stroke-width="3"/>
  <path d="M165 235 L70 222 M165 243 L70 250 M235 235 L330 222 M235 243 L330 250" stroke="#eee" stroke-width="2.500"/>`;

const dog = (fur, ears) => `
  <path d="M70 330 Q80 250 200 250 Q320 250 330 330 Z" fill="${fur}"/>
  <ellipse cx="200" cy="180" rx="98" ry="98" fill="${fur}"/>
  <path d="M115 105 Q55 100 60 190 Q65 250 95 245 Q120 220 122 150 Z M285 105 Q345 100 340 190 Q335 250 305 245 Q280 220 278 150 Z" fill="${ears}"/>
  <circle cx="163" cy="165" r="13" fill="#2b1a10"/><circle cx="237" cy="165" r="13" fill="#2b1a10"/>
  <circle cx="167" cy="160" r="4" fill="#fff"/><circle cx="241" cy="160" r="4" fill="#fff"/>
  <ellipse cx="200" cy="228" rx="54" ry="44" fill="#f6ead9"/>
  <ellipse cx="200" cy="208" rx="23" ry="16" fill="#1d1512"/>
  <path d="M183 250 q17 50 34 0 z" fill="#e0707a"/>
  <path d="M200 224 v18 q-18 16 -34 2 M200 242 q18 16 34 2" fill="none" stroke="#3a2a20" stroke-width="4"/>`;

const drawings = {
  'beach/IMG_2041.jpg': ['#bfe3f2', '#e9d7a8', dog('#c98a4b', '#8f5a2b')],
  'beach/IMG_2042.jpg': ['#cfeaf5', '#e6d19a', dog('#3b3230', '#241d1c')],
  'garden/IMG_1987.jpg': ['#d9ecd0', '#7fae6b', cat('#d98a3d', '#f3b9a5', '#cfe08a')],
  'garden/IMG_1988.jpg': ['#dcefd5', '#86b374', dog('#f0e2c8', '#c79a62')],
  'garden/IMG_1990.jpg': ['#e2f0dc', '#79a866', cat('#6f7680', '#d9a9a9', '#e6cf5a')],
  'home/sofa.jpg': ['#efe3d3', '#a9683f', cat('#2f2c2e', '#8b6b70', '#9fd36a')],
  'home/window.jpg': ['#dfe8f2', '#8c6e54', cat('#efe9e1', '#f0b8b2', '#8fc4e8')],
};

/** Writes the drawings below a folder, as JPEG, by a browser. */
export async function drawAnimals(browser, folder) {
  const page = await browser.newPage({ viewport: { width: 400, height: 320 } });
  for (const [name, [sky, ground, animal]] of Object.entries(drawings)) {
    await page.setContent(`<body style="margin:0"><svg width="400" height="320" viewBox="0 0 400 320">
      <rect width="400" height="230" fill="${sky}"/><rect y="215" width="400" height="105" fill="${ground}"/>${animal}</svg>`);
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    await page.screenshot({ path: file, type: 'jpeg', quality: 90 });
  }
  await page.close();
}
