import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { startOpenServer, type TestServer } from './server'
import { until } from './until'

const SHIFT_CLOCK = fileURLToPath(new URL('shift-clock.cjs', import.meta.url))

/** A server whose wall clock can be set. */
export type ClockServer = TestServer & {
  /** Sets its wall clock by so many milliseconds beside the right time. */
  setClock(offset: number): Promise<void>
}

export async function startClockServer(): Promise<ClockServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-clock-'))
  const CLOCK_FILE = path.join(folder, 'offset')
  const server = await startOpenServer({ NODE_OPTIONS: `--require=${SHIFT_CLOCK}`, CLOCK_FILE })
  const { dispose } = server
  return Object.assign(server, {
    async setClock(offset: number) {
      writeFileSync(CLOCK_FILE, String(offset))
      const before = server.logs().length
      server.process.kill('SIGUSR2')
      await until(() => server.logs().slice(before).includes(`clock set by ${offset}`))
    },
    async dispose() {
      await dispose()
      rmSync(folder, { recursive: true, force: true })
    },
  })
}
