// How the page is built: relative addresses (any sub-path of a static host will do) and a strict content policy.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { build, defineConfig, type Plugin } from 'vite';
import { texts, type Texts } from './src/text/texts';

import headers from './headers.json';

const headersFile = '_headers';

// What a page can say of itself: who may show it in a frame, only a header can.
const policy = headers['Content-Security-Policy'].replace(/; frame-ancestors [^;]*/, '');

// The built page says itself what it may load: nothing from anywhere else.
const contentPolicy: Plugin = {
  name: 'content-policy',
  apply: 'build',
  transformIndexHtml: () => [
    { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: policy }, injectTo: 'head-prepend' },
  ],
};

// English stands in the page before any script runs, for search engines and for whoever has none.
const english: Plugin = {
  name: 'english',
  transformIndexHtml: (html) =>
    html.replace(/(<[^>]*\sdata-text="(\w+)"[^>]*>)(?=<\/)/g, (_, start: string, name: string) => {
      const text = texts.en[name as keyof Texts];
      if (typeof text !== 'string') throw new Error(`index.html: expected the name of a text, found '${name}'`);
      return start + text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    }),
};

// The core's code, which the first script will ask for, comes along with it.
const preload: Plugin = {
  name: 'preload',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(_html, { bundle }) {
      const core = Object.keys(bundle ?? {}).find((file) => /catdog-core-[^/]*\.wasm$/.test(file));
      if (!core) throw new Error('no catdog-core.wasm in the build');
      const attrs = { rel: 'preload', as: 'fetch', crossorigin: 'anonymous', href: `./${core}` };
      return [{ tag: 'link', attrs, injectTo: 'head' as const }];
    },
  },
};

// onnxruntime-web reserves 4 GiB of address space for each worker, which some phones refuse: 512 MiB are plenty here.
const modestMemory: Plugin = {
  name: 'modest-memory',
  transform(code, id) {
    if (!id.includes('onnxruntime-web')) return null;
    const changed = code.replaceAll('maximum:65536', 'maximum:8192');
    if (changed === code && id.includes('wasm.bundle')) this.error('onnxruntime-web no longer sets its memory here');
    return { code: changed, map: null };
  },
};

interface PageFile {
  path: string;
  sha256: string;
  /** Kept when it is first asked for: most people never need it. */
  onDemand?: boolean;
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

function builtFiles(folder: string): PageFile[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== headersFile)
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ path: path.relative(folder, file).split(path.sep).join('/'), sha256: sha256(fs.readFileSync(file)) }));
}

// For hosts that read such a file, Netlify and Cloudflare Pages among them, and do not serve it.
const hostHeaders: Plugin = {
  name: 'host-headers',
  apply: 'build',
  generateBundle() {
    const lines = Object.entries(headers).map(([name, value]) => `  ${name}: ${value}\n`);
    this.emitFile({ type: 'asset', fileName: headersFile, source: `/*\n${lines.join('')}` });
  },
};

// Builds the service worker last: it carries the list of all files of the page, with their hashes.
const serviceWorker: Plugin = {
  name: 'service-worker',
  apply: 'build',
  async closeBundle() {
    const outDir = path.join(import.meta.dirname, 'dist');
    if (!fs.existsSync(path.join(outDir, 'index.html'))) return; // the build has failed
    fs.rmSync(path.join(outDir, 'service-worker.js'), { force: true });
    const found = builtFiles(outDir);
    // Who publishes the page may put another network in place of ours, for new visitors; a build brings it to all.
    const files = found.map((file) => ({
      ...file,
      sha256: file.path.startsWith('model/') ? '' : file.sha256,
      onDemand: /heif|onnxruntime|ort-wasm/.test(file.path),
    }));
    await build({
      configFile: false,
      publicDir: false,
      logLevel: 'warn',
      define: { __HEADERS__: JSON.stringify(headers), __PAGE_FILES__: JSON.stringify({ build: sha256(JSON.stringify(found)).slice(0, 16), files }) },
      build: {
        outDir,
        emptyOutDir: false,
        target: 'es2022',
        rollupOptions: {
          input: path.join(import.meta.dirname, 'src/offline/service-worker.ts'),
          output: { format: 'iife', entryFileNames: 'service-worker.js' },
        },
      },
    });
  },
};

export default defineConfig({
  base: './',
  plugins: [contentPolicy, hostHeaders, english, preload, modestMemory, serviceWorker],
  worker: { format: 'es', plugins: () => [modestMemory] },
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 1000 },
});
