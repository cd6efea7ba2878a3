import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { constants, getPriority } from 'node:os'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startServer, type TestServer } from '../support/server'
import { createVisitor } from '../support/visitor'

const { PRIORITY_BELOW_NORMAL, PRIORITY_LOW } = constants.priority

/** As sched(7) counts them. */
const SCHED_OTHER = 0
const SCHED_BATCH = 3

/** The server does not wait for the command that it runs for this. */
const WITHIN = { timeout: 10_000 }

/** Elsewhere threads have no priorities of their own. */
describe.runIf(process.platform === 'linux')('the threads of a server', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
    await createVisitor(server.origin).signUp('ada@example.com')
  })
  afterAll(() => server.dispose())

  it('step back behind the one that answers, and those that hash passwords behind all', async () => {
    const main = server.process.pid!
    const stepped = Math.max(getPriority(), PRIORITY_BELOW_NORMAL)
    await vi.waitFor(() => {
      const others = threadsOf(main)
        .filter((thread) => thread !== main)
        .map((thread) => getPriority(thread))
      expect(others).toEqual(expect.arrayContaining([stepped, PRIORITY_LOW]))
    }, WITHIN)
    expect(getPriority(main)).toBe(getPriority())
  })

  it.runIf(canBatch())('do not take the core from it when they wake', async () => {
    const main = server.process.pid!
    await vi.waitFor(() => {
      const policies = threadsOf(main)
        .filter((thread) => getPriority(thread) === PRIORITY_BELOW_NORMAL)
        .map((thread) => policyOf(`/proc/${main}/task/${thread}/stat`))
      expect(new Set(policies)).toEqual(new Set([SCHED_BATCH]))
    }, WITHIN)
    expect(policyOf(`/proc/${main}/stat`)).toBe(SCHED_OTHER)
  })
})

/** Which kind of scheduling a thread has: field 41 of its line, after a name that may hold spaces. */
function policyOf(stat: string): number {
  const line = readFileSync(stat, 'utf8')
  return Number(line.slice(line.lastIndexOf(')') + 2).split(' ')[38])
}

/** Whoever was told to step back itself may have no right to: the command resets the priority. */
function canBatch(): boolean {
  return getPriority() === 0 && spawnSync('chrt', ['--version']).status === 0
}

const threadsOf = (process: number) => readdirSync(`/proc/${process}/task`).map(Number)
