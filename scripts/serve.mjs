// A static web server for this machine only: serve.mjs FOLDER [--port N]
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const FIRST_PORT = 8000;
const LAST_PORT = 8099;
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

function fail(message, status = 1) {
  console.error(`serve: ${message}`);
  process.exit(status);
}

function parseArguments(words) {
  let folder;
  let port;
  for (let i = 0; i < words.length; ++i) {
    const [option, inlineValue] = words[i].split(/=(.*)/s);
    if (option === '--port') {
      const value = inlineValue ?? words[++i];
      port = Number(value);
      if (!/^\d+$/.test(value ?? '') || port > 65535) fail(`--port: expected 0 to 65535, found "${value ?? 'nothing'}"`, 2);
    } else if (folder === undefined) {
      folder = words[i];
    } else {
      fail(`unknown argument "${words[i]}"; expected --port N`, 2);
    }
  }
  return { folder: fs.realpathSync(folder), port };
}

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

function answer(folder, request, response) {
  const reading = request.method === 'GET' || request.method === 'HEAD';
  const file = reading ? fileOf(folder, request.url) : undefined;
  if (!file) {
    response.writeHead(reading ? 404 : 405, { 'Content-Type': TYPES['.txt'] });
    response.end(reading ? 'not found\n' : 'only GET and HEAD\n');
    return;
  }
  response.writeHead(200, {
    'Content-Type': TYPES[path.extname(file).toLowerCase()] ?? 'application/octet-stream',
    'Content-Length': fs.statSync(file).size,
    'Cache-Control': 'no-cache',
  });
  if (request.method === 'HEAD') response.end();
  else fs.createReadStream(file).on('error', () => response.destroy()).pipe(response);
}

function listen(server, port, lastPort) {
  server.once('error', (error) => {
    if (error.code === 'EADDRINUSE' && port < lastPort) listen(server, port + 1, lastPort);
    else fail(error.code === 'EADDRINUSE' ? `port ${port} of 127.0.0.1 is taken` : error.message);
  });
  server.listen(port, '127.0.0.1');
}

const { folder, port } = parseArguments(process.argv.slice(2));
const server = http.createServer((request, response) => answer(folder, request, response));
server.on('listening', () => {
  console.log(`catdog is at http://127.0.0.1:${server.address().port}/ (Ctrl-C ends it)`);
});
listen(server, port ?? FIRST_PORT, port ?? LAST_PORT);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
