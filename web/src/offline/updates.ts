// Registers the service worker, and tells of a new version of the page. Events: 'kept' (all files are on this device),
// 'update' (a new version waits for apply()).
import type { ToServiceWorker } from './stored';

export class Updates extends EventTarget {
  private waiting: ServiceWorker | null = null;
  private applying = false;

  /** Does nothing where the browser has no service workers (private windows, plain HTTP), and in development. */
  async start(): Promise<void> {
    if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
    const { serviceWorker } = navigator;
    serviceWorker.addEventListener('controllerchange', () => {
      if (this.applying) location.reload();
    });
    try {
      const registration = await serviceWorker.register(new URL('service-worker.js', document.baseURI), {
        updateViaCache: 'none',
      });
      this.look(registration);
      registration.addEventListener('updatefound', () => {
        registration.installing?.addEventListener('statechange', () => this.look(registration));
      });
      registration.installing?.addEventListener('statechange', () => this.look(registration));
    } catch {
      // The page works without; it is only not there offline.
    }
  }

  /** A new version is there and waits. */
  get available(): boolean {
    return this.waiting !== null;
  }

  /** Takes the new version; the page is loaded anew. */
  apply(): void {
    this.applying = true;
    this.waiting?.postMessage({ type: 'activate' } satisfies ToServiceWorker);
  }

  private look({ waiting, active }: ServiceWorkerRegistration): void {
    if (waiting && active) {
      this.waiting = waiting;
      this.dispatchEvent(new Event('update'));
    } else if (active) {
      this.dispatchEvent(new Event('kept'));
    }
  }
}
