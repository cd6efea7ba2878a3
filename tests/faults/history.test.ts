import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anotherProcess } from '../../app/database/sqlite/fixtures'
import { createCaller, type Caller } from '../support/caller'
import { objections } from '../support/history'
import { createCrowd, type Crowd } from '../support/history-clients'
import { startServer, type TestServer } from '../support/server'
import { until } from '../support/until'

const USERS = ['ada@example.com', 'bob@example.com']
const ENOUGH_ENDINGS = 15
const KILLS = 3
/** Before a fault, and again after it. */
const SOME_ENDINGS = 4
/** Longer than anything that is remembered may be believed. */
const SUSPENSION_MS = 600
const LONGEST_MS = 120_000

let server: TestServer
let caller: Caller
beforeAll(async () => {
  server = await startServer()
  caller = createCaller(server.origin)
  for (const user of USERS) await caller.signUp(user)
})
afterAll(() => server.dispose())

describe('whatever several clients do at once, no use that began after an acknowledged ending succeeds', () => {
  test(
    'on a quiet day',
    async () => {
      const crowd = createCrowd(caller, USERS)
      await crowd.act(() => endingsIn(crowd) >= ENOUGH_ENDINGS)
      await expectKept(crowd)
    },
    LONGEST_MS,
  )

  test(
    'when the server is killed and started again in between',
    async () => {
      const crowd = createCrowd(caller, USERS)
      for (let kill = 0; kill < KILLS; kill += 1) {
        const wanted = endingsIn(crowd) + ENOUGH_ENDINGS / KILLS
        let killed = false
        const acting = crowd.act(() => killed)
        await until(() => endingsIn(crowd) >= wanted, { timeout: LONGEST_MS, interval: 1 })
        await server.stop('SIGKILL')
        killed = true
        await acting
        await server.start()
      }
      await expectKept(crowd)
    },
    LONGEST_MS,
  )

  const faults: Record<string, (crowd: Crowd) => Promise<unknown>> = {
    'when the server sleeps in between': async () => {
      server.process.kill('SIGSTOP')
      await sleep(SUSPENSION_MS)
      server.process.kill('SIGCONT')
    },
    'when the server is told to end, and started again': async () => {
      await server.stop('SIGTERM')
      await server.start()
    },
    'when another process holds the write lock for so long that endings are refused': async ({
      history,
    }) => {
      const lock = await anotherProcess(server.databaseFile, 'BEGIN IMMEDIATE')
      const refusals = () =>
        history.filter(({ kind, result }) => kind.startsWith('end') && result === 'refused').length
      const before = refusals()
      await until(() => refusals() > before, { timeout: LONGEST_MS })
      await lock.end()
    },
  }
  test.each(Object.entries(faults))(
    '%s',
    async (_, happen) => {
      const crowd = createCrowd(caller, USERS)
      let enough = Infinity
      const acting = crowd.act(() => endingsIn(crowd) >= enough)
      await until(() => endingsIn(crowd) >= SOME_ENDINGS, { timeout: LONGEST_MS })
      await happen(crowd)
      enough = endingsIn(crowd) + SOME_ENDINGS
      await acting
      await expectKept(crowd)
    },
    LONGEST_MS,
  )
})

async function expectKept(crowd: Crowd) {
  await crowd.lookAtAll()
  expect(objections(crowd.history)).toEqual([])
  expectSubstance(crowd)
  expect(orphans()).toBe(0)
}

const endingsIn = ({ history }: Crowd) =>
  history.filter(({ kind, result }) => kind.startsWith('end') && result === 'done').length

/** A history in which nothing happens is good too, and worth nothing. */
function expectSubstance({ history }: Crowd) {
  const count = (result: string) =>
    history.filter((entry) => entry.kind === 'use' && entry.result === result).length
  expect(count('done')).toBeGreaterThan(20)
  expect(count('refused')).toBeGreaterThan(10)
}

function orphans() {
  const database = server.openDatabase()
  const count = database
    .prepare('SELECT count(*) FROM "Session" WHERE "userId" NOT IN (SELECT "id" FROM "User")')
    .pluck()
    .get()
  database.close()
  return count
}
