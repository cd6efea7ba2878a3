import { pino } from 'pino'
import { openSource } from './source.js'

/**
 * The services of the application in this process, for measuring them without a web around them.
 *
 * @param {string} file the database
 */
export async function openServices(file) {
  const source = await openSource()
  /** @typedef {typeof import('../../app/server/services')} ServicesModule */
  const { createServices } = /** @type {ServicesModule} */ (
    await source.load('/app/server/services.ts')
  )
  /** @typedef {typeof import('../../app/server/env')} EnvModule */
  const { parseSettings } = /** @type {EnvModule} */ (await source.load('/app/server/env.ts'))
  const env = parseSettings({ DATABASE_URL: `file:${file}` })
  const services = await createServices({ env, log: pino({ level: 'silent' }) })
  return {
    ...services,
    async close() {
      await services.close()
      await source.close()
    },
  }
}
