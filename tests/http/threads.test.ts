import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startServer, type TestServer } from '../support/server'
import { createVisitor } from '../support/visitor'

/** As sched(7) counts them. */
const SCHED_OTHER = 0
const SCHED_BATCH = 3
const SCHED_IDLE = 5

/** V8's own: one keeps the time, four do the work. */
const V8_THREADS = 5
/** One hashes passwords, one empties the database's log. */
const WORKERS = 2
/** What libuv makes to wait for the disk. */
const DISK_THREADS = 4

/** The server does not wait for the command that it runs for this. */
const WITHIN = { timeout: 10_000 }

/** Elsewhere threads have no priorities of their own. */
describe.runIf(process.platform === 'linux')('the threads of a server', () => {
  let server: TestServer
  let atStart: number[]
  beforeAll(async () => {
    server = await startServer()
    atStart = threadsOf(server.process.pid!)
    await createVisitor(server.origin).signUp('ada@example.com')
  })
  afterAll(() => server.dispose())

  it('that compile, collect garbage and hash passwords step back behind the one that answers', async () => {
    const main = server.process.pid!
    await vi.waitFor(() => {
      const added = threadsOf(main).filter((thread) => !atStart.includes(thread))
      expect(added).not.toEqual([])
      const stepped = threadsOf(main).filter((thread) => getPriority(thread) > getPriority(main))
      expect(stepped).toEqual(expect.arrayContaining(added))
      expect(stepped.length).toBeGreaterThanOrEqual(V8_THREADS + added.length)
    }, WITHIN)
    expect(getPriority(main)).toBe(getPriority())
  })

  it.runIf(canSetPolicy())(
    'that are workers make way at once when it wakes, and those of V8 do not take the core from it',
    async () => {
      const main = server.process.pid!
      const withPolicy = (policy: number) =>
        threadsOf(main).filter((thread) => policyOf(main, thread) === policy)
      await vi.waitFor(() => {
        expect(withPolicy(SCHED_IDLE)).toHaveLength(WORKERS)
        expect(withPolicy(SCHED_BATCH).length).toBeGreaterThanOrEqual(V8_THREADS)
      }, WITHIN)
      expect(policyOf(main, main)).toBe(SCHED_OTHER)
      // As before are the main one and those that wait for the disk.
      expect(withPolicy(SCHED_OTHER).length).toBeGreaterThan(DISK_THREADS)
    },
  )
})

/** Which kind of scheduling a thread has: field 41 of its line, after a name that may hold spaces. */
function policyOf(process: number, thread: number): number {
  const line = readFileSync(`/proc/${process}/task/${thread}/stat`, 'utf8')
  return Number(line.slice(line.lastIndexOf(')') + 2).split(' ')[38])
}

/** Whoever was told to step back itself may have no right to: the command resets the priority. */
function canSetPolicy(): boolean {
  return getPriority() === 0 && spawnSync('chrt', ['--version']).status === 0
}

const threadsOf = (process: number) => readdirSync(`/proc/${process}/task`).map(Number)
