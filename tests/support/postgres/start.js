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
 * @returns {Promise<{
 *   url: string,
 *   crash: () => Promise<void>,
 *   start: () => Promise<void>,
 *   stop: () => Promise<void>,
 * }>} `url` for its administrator; `start` is for after a crash
 */
export async function startPostgres(wanted = {}) {
  const args = [KEEPER, JSON.stringify(wanted)]
  const keeper = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(keeper, 'exit')
  const lines = createInterface(keeper.stdout)
  const nextLine = async () =>
    /** @type {string[]} */ (await Promise.race([once(lines, 'line'), exited.then(() => [])]))
  const [url] = await nextLine()
  if (url === undefined) throw new Error('There is no PostgreSQL: see above.')
  return {
    url,
    async crash() {
      keeper.stdin.write('stop\n')
      await nextLine()
    },
    async start() {
      keeper.stdin.write('start\n')
      await nextLine()
    },
    async stop() {
      keeper.stdin.end()
      await exited
    },
  }
}
