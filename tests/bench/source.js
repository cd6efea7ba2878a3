import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'

/** Modules of the source in this process, which a script cannot import: they are TypeScript. */
export async function openSource() {
  const vite = await createServer({
    root: fileURLToPath(new URL('../..', import.meta.url)),
    configFile: 'vite.server.config.ts',
    server: { middlewareMode: true, watch: null, ws: false },
    appType: 'custom',
    logLevel: 'error',
  })
  return {
    /** @param {string} file from the root, with a slash @returns {Promise<unknown>} its exports */
    load: (file) => vite.ssrLoadModule(file),
    close: () => vite.close(),
  }
}
