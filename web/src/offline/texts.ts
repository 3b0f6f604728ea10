// What the part about working offline says.

export interface OfflineTexts {
  title: string;
  /** `size`: "23 MB". */
  kept(size: string): string;
  notKept: string;
  forget: string;
  forgotten: string;
  updateReady: string;
  update: string;
}

export const offlineTexts: Record<'en' | 'es', OfflineTexts> = {
  en: {
    title: 'What this page keeps',
    kept: (size) => `This device keeps the page and its network (${size}), so that everything works without a connection, your settings, until you start over what it found in the last folder, and which photos it moved where. Never your photos.`,
    notKept: 'This device keeps only your settings, until you start over what it found in the last folder, and which photos it moved where. Never your photos.',
    forget: 'Forget everything',
    forgotten: 'All is forgotten. The next visit downloads the page again.',
    updateReady: 'A new version of this page is ready.',
    update: 'Update now',
  },
  es: {
    title: 'Lo que guarda esta página',
    kept: (size) => `Este dispositivo guarda la página y su red (${size}), para que todo funcione sin conexión, tus ajustes, hasta que empieces de nuevo lo que encontró en la última carpeta, y qué fotos movió adónde. Nunca tus fotos.`,
    notKept: 'Este dispositivo guarda solo tus ajustes, hasta que empieces de nuevo lo que encontró en la última carpeta, y qué fotos movió adónde. Nunca tus fotos.',
    forget: 'Olvidar todo',
    forgotten: 'Todo está olvidado. La próxima visita descargará la página de nuevo.',
    updateReady: 'Hay una nueva versión de esta página.',
    update: 'Actualizar ahora',
  },
};
