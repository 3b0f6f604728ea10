// The page's modules that need no browser, as Vite gives them.
import path from 'node:path';
import { after } from 'node:test';
import { repository, skipWithout } from './tools.mjs';

const vite = path.join(repository, 'web/node_modules/vite/dist/node/index.js');
skipWithout(vite);

const { createServer } = await import(vite);
const server = await createServer({
  root: path.join(repository, 'web'),
  logLevel: 'error',
  server: { middlewareMode: true, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
  appType: 'custom',
});
after(() => server.close());

/** `file`: below web/src. */
export const load = (file) => server.ssrLoadModule(`/src/${file}`);
