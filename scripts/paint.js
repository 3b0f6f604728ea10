// Paints a cat, a dog or nothing but a background on a canvas, hair by hair. Runs in a browser: paint(canvas, what, seed).
'use strict';

const side = 480; // all measures are in pixels of a picture of this side

function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0; // Mulberry32 (Tommy Ettinger, public domain)
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const mix = (a, b, share) => a.map((value, i) => value + (b[i] - value) * share);
const css = (colour, alpha = 1) => `rgb(${colour.map((value) => Math.max(0, Math.min(255, Math.round(value)))).join(' ')} / ${alpha})`;

// Soft discs of the colours of a garden or a room.
function background(context, colours, next) {
  context.fillStyle = css(colours[0]);
  context.fillRect(0, 0, side, side);
  context.filter = 'blur(22px)';
  for (let i = 0; i < 60; i += 1) {
    const colour = mix(colours[Math.floor(next() * colours.length)], [255, 255, 255], next() * 0.25);
    context.fillStyle = css(colour, 0.6);
    context.beginPath();
    context.arc(next() * side, next() * side, 20 + next() * 60, 0, 7);
    context.fill();
  }
  context.filter = 'none';
}

/**
 * Hairs on a shape: `inside` tells where they grow, `lie(x, y)` which way (radians), `colour(x, y)` of which colour.
 * Light comes from above left: hairs are lit by where they are on the shape's roundness.
 */
function fur(context, { path, lie, colour, length, count, box }, next) {
  const [left, top, width, height] = box;
  for (let i = 0; i < count; i += 1) {
    const x = left + next() * width;
    const y = top + (i / count) * height; // lower hairs lie over higher ones
    if (!context.isPointInPath(path, x, y)) continue;
    const turn = lie(x, y) + (next() - 0.5) * 0.7;
    const long = length * (0.6 + next() * 0.8);
    const u = (x - left) / width - 0.5;
    const v = (y - top) / height - 0.5;
    const light = 1.08 - 0.55 * (u * u + v * v) - 0.25 * u - 0.28 * v + (next() - 0.5) * 0.34;
    context.strokeStyle = css(colour(x, y).map((value) => value * light), 0.75);
    context.lineWidth = 0.7 + next() * 1.3;
    context.beginPath();
    context.moveTo(x, y);
    context.quadraticCurveTo(x + Math.cos(turn) * long * 0.5, y + Math.sin(turn) * long * 0.5,
      x + Math.cos(turn + 0.3) * long, y + Math.sin(turn + 0.3) * long);
    context.stroke();
  }
}

function ellipse(x, y, rx, ry, turn = 0) {
  const path = new Path2D();
  path.ellipse(x, y, rx, ry, turn, 0, 7);
  return path;
}

// Hairs grow away from the nose.
const awayFrom = (cx, cy) => (x, y) => Math.atan2(y - cy, x - cx);
const downwards = () => Math.PI / 2;

function eye(context, x, y, { rx, ry, tilt, iris, pupil }) {
  context.save();
  context.translate(x, y);
  context.rotate(tilt);
  context.fillStyle = '#140e0c';
  context.fill(ellipse(0, 0, rx + 4, ry + 4));
  context.clip(ellipse(0, 0, rx, ry));
  const shade = context.createRadialGradient(0, 2, 2, 0, 0, rx);
  shade.addColorStop(0, css(mix(iris, [255, 255, 255], 0.25)));
  shade.addColorStop(0.7, css(iris));
  shade.addColorStop(1, css(mix(iris, [0, 0, 0], 0.65)));
  context.fillStyle = shade;
  context.fillRect(-rx, -ry, 2 * rx, 2 * ry);
  context.fillStyle = '#050404';
  context.fill(ellipse(0, 0, pupil[0], pupil[1], -tilt));
  const lid = context.createLinearGradient(0, -ry, 0, 0);
  lid.addColorStop(0, 'rgb(0 0 0 / 0.6)');
  lid.addColorStop(1, 'rgb(0 0 0 / 0)');
  context.fillStyle = lid;
  context.fillRect(-rx, -ry, 2 * rx, ry);
  context.restore();
  context.fillStyle = 'rgb(255 255 255 / 0.9)';
  context.fill(ellipse(x - rx * 0.28, y - ry * 0.38, rx * 0.17, ry * 0.17));
}

function paintCat(context, { fur: base, dark, light, iris, stripes }, next) {
  const nose = [240, 268];
  const tabby = (x, y) => {
    const u = Math.abs(x - 240);
    const forehead = y < 205 ? Math.sin(u / 7.5 + (205 - y) / 60) : 0;
    const cheek = y >= 205 && u > 55 ? Math.sin((y - u * 0.45) / 6.5) : 0;
    const mark = Math.max(forehead * (u < 75 ? 1 : 0.4), cheek);
    const muzzle = Math.exp(-(((x - 240) / 46) ** 2) - (((y - 292) / 30) ** 2));
    return mix(mix(base, dark, stripes * Math.max(0, mark)), light, Math.min(1, 1.25 * muzzle));
  };
  const chest = (x, y) => mix(mix(base, dark, stripes * Math.max(0, Math.sin(y / 9 + Math.abs(x - 240) / 26)) * (Math.abs(x - 240) > 60)), light, Math.exp(-(((x - 240) / 52) ** 2)) * 0.8);
  const body = new Path2D('M120 500 C110 400 150 320 240 310 C330 320 370 400 360 500 Z');
  context.fillStyle = css(mix(base, dark, 0.5));
  context.fill(body);
  fur(context, { path: body, lie: downwards, colour: chest, length: 26, count: 9000, box: [100, 300, 280, 200] }, next);
  for (const way of [-1, 1]) {
    const at = (x) => 240 + way * (x - 240);
    const ear = new Path2D(`M${at(345)} 205 C${at(352)} 140 ${at(352)} 100 ${at(346)} 62 C${at(318)} 80 ${at(288)} 106 ${at(268)} 146 Z`);
    context.fillStyle = css(mix(base, dark, 0.4));
    context.fill(ear);
    fur(context, { path: ear, lie: () => -1.4, colour: () => mix(base, dark, 0.25), length: 14, count: 2600, box: [Math.min(at(260), at(360)), 60, 100, 150] }, next);
    const inner = new Path2D(`M${at(334)} 175 C${at(340)} 140 ${at(340)} 110 ${at(337)} 88 C${at(318)} 104 ${at(300)} 122 ${at(288)} 146 Z`);
    context.fillStyle = css([205, 150, 140]);
    context.fill(inner);
    fur(context, { path: inner, lie: () => -1.2, colour: () => light, length: 22, count: 320, box: [Math.min(at(280), at(345)), 110, 65, 70] }, next);
  }
  const head = new Path2D('M240 128 C320 124 368 176 366 236 C364 292 318 336 240 338 C162 336 116 292 114 236 C112 176 160 124 240 128 Z');
  context.fillStyle = css(mix(base, dark, 0.4));
  context.fill(head);
  fur(context, { path: head, lie: awayFrom(...nose), colour: tabby, length: 15, count: 24000, box: [105, 120, 270, 225] }, next);
  for (const way of [-1, 1]) {
    eye(context, 240 + way * 54, 222, { rx: 26, ry: 21, tilt: way * -0.22, iris, pupil: [8, 18] });
    const puff = ellipse(240 + way * 26, 296, 32, 22);
    fur(context, { path: puff, lie: () => Math.PI / 2 - way * 0.9, colour: () => light, length: 11, count: 1500, box: [200 + way * 26, 274, 80, 46] }, next);
  }
  const bridge = new Path2D('M222 262 Q240 254 258 262 Q256 278 240 284 Q224 278 222 262 Z');
  context.fillStyle = '#c9877f';
  context.fill(bridge);
  context.strokeStyle = '#4a2f2b';
  context.lineWidth = 2.5;
  context.stroke(new Path2D('M240 284 V300 M240 300 Q226 316 208 308 M240 300 Q254 316 272 308'));
  context.fillStyle = '#6d3f3a';
  context.fill(ellipse(231, 271, 4, 2.5, 0.4));
  context.fill(ellipse(249, 271, 4, 2.5, -0.4));
  context.strokeStyle = 'rgb(255 255 255 / 0.85)';
  for (let i = 0; i < 7; i += 1) {
    for (const way of [-1, 1]) {
      context.lineWidth = 1.4;
      context.beginPath();
      context.moveTo(240 + way * (34 + next() * 14), 288 + i * 3);
      context.quadraticCurveTo(240 + way * 120, 270 + i * 8, 240 + way * (165 + next() * 30), 262 + i * 16 + next() * 10);
      context.stroke();
    }
  }
}

function paintDog(context, { fur: base, dark, light, ears }, next) {
  const shade = (x, y) => {
    const u = Math.abs(x - 240);
    const blaze = Math.exp(-((u / 20) ** 2)) * (y < 250 ? 0.55 : 0.2);
    const muzzle = Math.exp(-((u / 66) ** 2) - (((y - 318) / 60) ** 2));
    // The long muzzle stands out from the cheeks, and the eyes lie deep.
    const hollow = Math.exp(-(((u - 62) / 16) ** 2) - (((y - 268) / 44) ** 2));
    const socket = Math.exp(-(((u - 44) / 22) ** 2) - (((y - 196) / 20) ** 2));
    const crown = Math.exp(-((u / 9) ** 2) - (((y - 140) / 40) ** 2));
    return mix(mix(base, light, Math.min(1, blaze + 0.9 * muzzle)), dark, Math.min(0.9, 0.55 * hollow + 0.6 * socket + 0.3 * crown));
  };
  const body = new Path2D('M70 500 C80 410 130 330 240 320 C350 330 400 410 410 500 Z');
  context.fillStyle = css(mix(base, dark, 0.5));
  context.fill(body);
  fur(context, { path: body, lie: downwards, colour: (x) => mix(base, light, Math.exp(-(((x - 240) / 60) ** 2)) * 0.7), length: 38, count: 9000, box: [60, 310, 360, 190] }, next);
  const jaw = new Path2D('M190 330 Q240 346 290 330 Q292 402 240 418 Q188 402 190 330 Z');
  context.fillStyle = '#3a1c1d';
  context.fill(jaw);
  fur(context, { path: new Path2D('M186 372 Q194 424 240 432 Q286 424 294 372 Q284 408 240 414 Q196 408 186 372 Z'), lie: downwards, colour: () => light, length: 13, count: 2600, box: [180, 366, 120, 70] }, next);
  const tongue = context.createLinearGradient(0, 350, 0, 440);
  tongue.addColorStop(0, '#a8434f');
  tongue.addColorStop(1, '#e98b93');
  context.fillStyle = tongue;
  context.fill(new Path2D('M210 362 Q240 350 270 362 Q284 440 244 452 Q202 446 210 362 Z'));
  context.strokeStyle = 'rgb(140 50 60 / 0.6)';
  context.lineWidth = 2;
  context.stroke(new Path2D('M241 362 V430'));
  const head = new Path2D('M240 84 C304 82 338 118 338 172 C338 214 318 240 308 274 C302 318 296 356 240 358 C184 356 178 318 172 274 C162 240 142 214 142 172 C142 118 176 82 240 84 Z');
  context.fillStyle = css(mix(base, dark, 0.4));
  context.fill(head);
  fur(context, { path: head, lie: awayFrom(240, 280), colour: shade, length: 13, count: 24000, box: [135, 76, 210, 290] }, next);
  for (const way of [-1, 1]) {
    const at = (x) => 240 + way * (x - 240);
    const ear = new Path2D(`M${at(288)} 100 C${at(330)} 78 ${at(372)} 110 ${at(384)} 176 C${at(392)} 232 ${at(380)} 270 ${at(358)} 272 C${at(334)} 266 ${at(330)} 220 ${at(324)} 178 C${at(318)} 146 ${at(304)} 122 ${at(288)} 100 Z`);
    context.fillStyle = css(mix(ears, [0, 0, 0], 0.4));
    context.fill(ear);
    fur(context, { path: ear, lie: downwards, colour: () => ears, length: 26, count: 6500, box: [Math.min(at(285), at(390)), 85, 105, 200] }, next);
    eye(context, 240 + way * 44, 196, { rx: 14, ry: 12, tilt: way * 0.25, iris: [74, 42, 20], pupil: [8, 8] });
    const lip = new Path2D(`M240 330 C${at(262)} 350 ${at(296)} 352 ${at(312)} 330 C${at(318)} 300 ${at(296)} 276 ${at(262)} 282 C${at(250)} 290 240 306 240 330 Z`);
    fur(context, { path: lip, lie: () => Math.PI / 2 - way * 0.5, colour: () => mix(light, base, 0.15), length: 12, count: 4200, box: [Math.min(at(238), at(318)), 276, 80, 78] }, next);
    context.fillStyle = css(dark, 0.5);
    for (let i = 0; i < 9; i += 1) context.fill(ellipse(at(262 + (i % 3) * 13 + next() * 4), 304 + Math.floor(i / 3) * 10 + next() * 4, 1.6, 1.6));
  }
  const snout = context.createRadialGradient(226, 266, 2, 240, 282, 44);
  snout.addColorStop(0, '#8a8583');
  snout.addColorStop(0.3, '#2c2827');
  snout.addColorStop(1, '#0d0b0b');
  context.fillStyle = snout;
  context.fill(new Path2D('M202 268 Q240 244 278 268 Q284 298 252 308 L240 314 L228 308 Q196 298 202 268 Z'));
  context.fillStyle = '#000';
  context.fill(ellipse(222, 290, 10, 6, 0.5));
  context.fill(ellipse(258, 290, 10, 6, -0.5));
  context.strokeStyle = '#1d1513';
  context.lineWidth = 3;
  context.stroke(new Path2D('M240 314 V332 M240 332 C262 352 296 354 312 330 M240 332 C218 352 184 354 168 330'));
}

function paint(canvas, { kind, scene, soft = 4.5, ...animal }, seed) {
  const next = random(seed);
  canvas.width = canvas.height = side;
  const context = canvas.getContext('2d');
  background(context, scene, next);
  if (kind === 'cat') paintCat(context, animal, next);
  if (kind === 'dog') paintDog(context, animal, next);
  // Hairs are sharper than a camera draws them: a network that knows photos would take the whole for a drawing.
  context.filter = `blur(${soft}px)`;
  context.drawImage(canvas, 0, 0);
}
