import { readdirSync } from 'node:fs'
import { constants, getPriority } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from '../support/server'
import { createVisitor } from '../support/visitor'

const { PRIORITY_BELOW_NORMAL, PRIORITY_LOW } = constants.priority

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
})
