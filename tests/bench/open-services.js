import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { createServer } from 'vite'

/**
 * The services of the application in this process, for measuring them without a web around them.
 *
 * @param {string} file the database
 */
export async function openServices(file) {
  const vite = await createServer({
    root: fileURLToPath(new URL('../..', import.meta.url)),
    configFile: 'vite.server.config.ts',
    server: { middlewareMode: true, watch: null, ws: false },
    appType: 'custom',
    logLevel: 'error',
  })
  /** @typedef {typeof import('../../app/server/services')} ServicesModule */
  const { createServices } = /** @type {ServicesModule} */ (
    await vite.ssrLoadModule('/app/server/services.ts')
  )
  /** @typedef {typeof import('../../app/server/env')} EnvModule */
  const { parseSettings } = /** @type {EnvModule} */ (
    await vite.ssrLoadModule('/app/server/env.ts')
  )
  const env = parseSettings({ DATABASE_URL: `file:${file}` })
  const services = await createServices({ env, log: pino({ level: 'silent' }) })
  return {
    ...services,
    async close() {
      await services.close()
      await vite.close()
    },
  }
}
