import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What Node is started with when {@link memoryOf} is to ask. */
export const PROBE = [
  '--expose-gc',
  '--import',
  fileURLToPath(new URL('memory-probe.js', import.meta.url)),
]

/** @typedef {{ rss: number, heapUsed: number, external: number }} Memory in bytes */

/** What a server uses after a collection. @param {import('./machine.js').Started} server @returns {Promise<Memory>} */
export async function memoryOf({ child }) {
  child.send('memory?')
  const told = /** @type {[Memory]} */ (await once(child, 'message'))
  return told[0]
}
