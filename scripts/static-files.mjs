// The files of a folder over HTTP, each with its right type, and nothing outside of it.
import fs from 'node:fs';
import path from 'node:path';

// What the built page is to be served with, on any host that can: its content policy, and the like.
export const pageHeaders = JSON.parse(fs.readFileSync(new URL('../web/headers.json', import.meta.url), 'utf8'));

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.onnx': 'application/octet-stream',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

// The file that a request's path names, or nothing: never one outside the folder.
function fileOf(folder, url) {
  try {
    let file = path.join(folder, decodeURIComponent(new URL(url, 'http://localhost').pathname));
    if (fs.statSync(file).isDirectory()) file = path.join(file, 'index.html');
    file = fs.realpathSync(file);
    return file.startsWith(folder + path.sep) && fs.statSync(file).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}

// Answers a request with a file of the folder (a real path), with further headers where some are given.
export function answer(folder, request, response, headers = {}) {
  const reading = request.method === 'GET' || request.method === 'HEAD';
  const file = reading ? fileOf(folder, request.url) : undefined;
  if (!file) {
    response.writeHead(reading ? 404 : 405, { 'Content-Type': TYPES['.txt'], ...headers });
    response.end(reading ? 'not found\n' : 'only GET and HEAD\n');
    return;
  }
  response.writeHead(200, {
    'Content-Type': TYPES[path.extname(file).toLowerCase()] ?? 'application/octet-stream',
    'Content-Length': fs.statSync(file).size,
    'Cache-Control': 'no-cache',
    ...headers,
  });
  if (request.method === 'HEAD') response.end();
  else fs.createReadStream(file).on('error', () => response.destroy()).pipe(response);
}
