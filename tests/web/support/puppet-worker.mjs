// In the page, before anything of its own: workers that answer at once, with numbers made from the photos' ids, so that very
// many rows can be had; and a way to offer very many files.

/** For addInitScript. window.groups: how many photos each message to a worker held. */
export function puppetWorkers() {
  window.groups = [];
  window.Worker = class extends EventTarget {
    postMessage({ type, id: wish, photos }) {
      if (type === 'core') return undefined;
      if (type === 'start') return this.say({ type: 'ready', engine: 'none', why: '' });
      if (type === 'wish') return this.say({ type: 'thumbnail', id: wish, thumbnail: null });
      window.groups.push(photos.length);
      const outcomes = photos.map(({ id, seen }) => {
        const cat = ((id * 7919) % 1000) / 1000;
        const thumbnail = seen ? { pixels: new Uint8Array(3 * 32 * 32).fill(id % 256), size: 32, width: 4, height: 3 } : null;
        return [id, { kind: 'classified', probabilities: Float32Array.of(cat, 1 - cat), presence: null, width: 4, height: 3, warning: '', thumbnail }];
      });
      return this.say({ type: 'classified', outcomes });
    }
    say(data) {
      setTimeout(() => this.dispatchEvent(new MessageEvent('message', { data })));
    }
    terminate() {}
  };
}

/** For evaluate: offers so many files, as the page's input for files does. */
export function offerFiles(count) {
  const list = new DataTransfer();
  for (let i = 0; i < count; i += 1) list.items.add(new File(['x'], `${String(i).padStart(6, '0')}.jpg`, { lastModified: 0 }));
  const input = document.getElementById('files-input');
  input.files = list.files;
  input.dispatchEvent(new Event('change'));
}
