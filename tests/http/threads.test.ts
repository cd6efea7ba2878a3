import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { constants, getPriority } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from '../support/server'
import { createVisitor } from '../support/visitor'

const { PRIORITY_BELOW_NORMAL, PRIORITY_LOW } = constants.priority

/** As sched(7) counts them. */
const SCHED_OTHER = 0
const SCHED_BATCH = 3

/** Elsewhere threads have no priorities of their own. */
describe.runIf(process.platform === 'linux')('the threads of a server', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
    await createVisitor(server.origin).signUp('ada@example.com')
  })
  afterAll(() => server.dispose())

  it('step back behind the one that answers, and those that hash passwords behind all', () => {
    const main = server.process.pid!
    const others = readdirSync(`/proc/${main}/task`)
      .map(Number)
      .filter((thread) => thread !== main)
      .map((thread) => getPriority(thread))
    expect(getPriority(main)).toBe(getPriority())
    const stepped = Math.max(getPriority(), PRIORITY_BELOW_NORMAL)
    expect(others).toEqual(expect.arrayContaining([stepped, PRIORITY_LOW]))
  })

  it.runIf(hasChrt())('do not take the core from it when they wake', () => {
    const main = server.process.pid!
    const policies = new Set(
      readdirSync(`/proc/${main}/task`)
        .filter((thread) => getPriority(Number(thread)) === PRIORITY_BELOW_NORMAL)
        .map((thread) => policyOf(`/proc/${main}/task/${thread}/stat`)),
    )
    expect(policies).toEqual(new Set([SCHED_BATCH]))
    expect(policyOf(`/proc/${main}/stat`)).toBe(SCHED_OTHER)
  })
})

/** Which kind of scheduling a thread has: field 41 of its line, after a name that may hold spaces. */
function policyOf(stat: string): number {
  const line = readFileSync(stat, 'utf8')
  return Number(line.slice(line.lastIndexOf(')') + 2).split(' ')[38])
}

function hasChrt(): boolean {
  return spawnSync('chrt', ['--version']).status === 0
}
