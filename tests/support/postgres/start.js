import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const KEEPER = fileURLToPath(new URL('keeper.js', import.meta.url))

/**
 * Starts a throw-away PostgreSQL, which also ends when this process does.
 *
 * @param {import('./keeper.js').Wanted} [wanted]
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>} `url` for its administrator
 */
export async function startPostgres(wanted = {}) {
  const args = [KEEPER, JSON.stringify(wanted)]
  const keeper = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(keeper, 'exit')
  const lines = once(createInterface(keeper.stdout), 'line')
  const [url] = /** @type {string[]} */ (await Promise.race([lines, exited.then(() => [])]))
  if (url === undefined) throw new Error('There is no PostgreSQL: see above.')
  return {
    url,
    async stop() {
      keeper.stdin.end()
      await exited
    },
  }
}
