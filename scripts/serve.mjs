// A static web server for this machine only: serve.mjs FOLDER [--port N]
import fs from 'node:fs';
import http from 'node:http';
import { answer, pageHeaders } from './static-files.mjs';

const FIRST_PORT = 8000;
const LAST_PORT = 8099;

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

function listen(server, port, lastPort) {
  server.once('error', (error) => {
    if (error.code === 'EADDRINUSE' && port < lastPort) listen(server, port + 1, lastPort);
    else fail(error.code === 'EADDRINUSE' ? `port ${port} of 127.0.0.1 is taken` : error.message);
  });
  server.listen(port, '127.0.0.1');
}

const { folder, port } = parseArguments(process.argv.slice(2));
const server = http.createServer((request, response) => answer(folder, request, response, pageHeaders));
server.on('listening', () => {
  console.log(`catdog is at http://127.0.0.1:${server.address().port}/ (Ctrl-C ends it)`);
});
listen(server, port ?? FIRST_PORT, port ?? LAST_PORT);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
