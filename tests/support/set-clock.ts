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
  const clocks = createSettableClocks()
  const server = await startOpenServer(clocks.settings)
  const { dispose } = server
  return Object.assign(server, {
    setClock: (offset: number) => clocks.set(server, offset),
    async dispose() {
      await dispose()
      clocks.remove()
    },
  })
}

/** For servers that are started with these settings: each has a wall clock of its own that can be set. */
export function createSettableClocks() {
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-clock-'))
  const CLOCK_FILE = path.join(folder, 'offset')
  return {
    settings: { NODE_OPTIONS: `--require=${SHIFT_CLOCK}`, CLOCK_FILE },
    /** Sets the clock of one of them by so many milliseconds beside the right time. */
    async set(server: TestServer, offset: number) {
      writeFileSync(CLOCK_FILE, String(offset))
      const before = server.logs().length
      server.process.kill('SIGUSR2')
      await until(() => server.logs().slice(before).includes(`clock set by ${offset}`))
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
