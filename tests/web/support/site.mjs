// The built page on a local web server, under a sub-path, as static hosts serve it, with any model bundle.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { answer, pageHeaders } from '../../../scripts/static-files.mjs';
import { repository } from './tools.mjs';

export const dist = path.join(repository, 'web/dist');
const subPath = '/some/where%20else';

/**
 * Serves web/dist, or another folder, with the bundle of a folder in place of its model/ (none: no bundle at all).
 * `redirectsIndex`: index.html leads to its folder, as some hosts do. `bare`: no headers, as of hosts that cannot send
 * any. Gives the page's address, what was asked for, and a
 * way to end it.
 */
export async function serveSite(bundle, folder = dist, { redirectsIndex = false, bare = false } = {}) {
  const requests = [];
  const page = fs.realpathSync(folder);
  const model = bundle && fs.realpathSync(bundle);
  const server = http.createServer((request, response) => {
    requests.push(request.url);
    if (redirectsIndex && request.url === `${subPath}/index.html`) {
      response.writeHead(308, { location: `${subPath}/` }).end();
      return;
    }
    const inModel = request.url.startsWith(`${subPath}/model/`);
    const below = inModel ? `${subPath}/model` : subPath;
    const root = inModel ? model : page;
    if (!root || !request.url.startsWith(`${below}/`)) {
      response.writeHead(404).end('not found\n');
      return;
    }
    answer(root, { method: request.method, url: request.url.slice(below.length) }, response, bare ? {} : pageHeaders);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    address: `${origin}${subPath}/`,
    requests,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
