// Workers that are bound by the page's content policy, from the first visit on and on any host. A worker whose script
// comes from the network is bound by its script's own header alone, which many static hosts cannot send; one whose script
// is a blob inherits the policy of who makes it, even where that is a <meta> element of the page.

const starters = new Map<string, string>(); // script → the blob's address

/** `script`: of this origin, an ES module. */
export function confinedWorker(script: string): Worker {
  const address = new URL(script, import.meta.url).href;
  let starter = starters.get(address);
  if (!starter) {
    starter = URL.createObjectURL(new Blob([`import ${JSON.stringify(address)};`], { type: 'text/javascript' }));
    starters.set(address, starter);
  }
  return new Worker(starter, { type: 'module' });
}
