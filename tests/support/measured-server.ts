import { fileURLToPath } from 'node:url'
import { startServer, type TestServer } from './server'
import { until } from './until'

const REPORT_CPU = fileURLToPath(new URL('report-cpu.cjs', import.meta.url))

/** A server that says how much it computes, which depends less on the machine's load than time. */
export type MeasuredServer = TestServer & {
  /** For how long the server's processor works on this, in milliseconds. */
  costOf(work: () => Promise<unknown>): Promise<number>
}

export async function startMeasuredServer(): Promise<MeasuredServer> {
  const server = await startServer({ NODE_OPTIONS: `--require=${REPORT_CPU}` })

  async function computed(): Promise<number> {
    const before = server.logs().length
    server.process.kill('SIGUSR2')
    const report = () => /computed for (\d+) us\b/.exec(server.logs().slice(before))?.[1]
    return Number(await until(report, { timeout: 60_000 })) / 1000
  }

  return Object.assign(server, {
    async costOf(work: () => Promise<unknown>) {
      const before = await computed()
      await work()
      return (await computed()) - before
    },
  })
}
