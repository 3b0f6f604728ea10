// How the page is built: relative addresses (any sub-path of a static host will do) and a strict content policy.
import { defineConfig, type Plugin } from 'vite';

const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

// The built page says itself what it may load: nothing from anywhere else.
const contentPolicy: Plugin = {
  name: 'content-policy',
  apply: 'build',
  transformIndexHtml: () => [
    { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: policy }, injectTo: 'head-prepend' },
  ],
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

export default defineConfig({
  base: './',
  plugins: [contentPolicy, modestMemory],
  worker: { format: 'es', plugins: () => [modestMemory] },
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 1000 },
});
