import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCaller, type Caller } from '../support/caller'
import { objections } from '../support/history'
import { createCrowd, type Crowd } from '../support/history-clients'
import { startServer, type TestServer } from '../support/server'
import { until } from '../support/until'

const USERS = ['ada@example.com', 'bob@example.com']
const ENOUGH_ENDINGS = 15
const KILLS = 3
const LONGEST_MS = 120_000

let server: TestServer
let caller: Caller
beforeAll(async () => {
  server = await startServer()
  caller = createCaller(server.origin)
  for (const user of USERS) await caller.signUp(user)
})
afterAll(() => server.dispose())

describe('whatever several clients do at once', () => {
  test(
    'no use that began after an acknowledged ending succeeds',
    async () => {
      const crowd = createCrowd(caller, USERS)
      await crowd.act(() => endingsIn(crowd) >= ENOUGH_ENDINGS)
      await crowd.lookAtAll()
      expect(objections(crowd.history)).toEqual([])
      expectSubstance(crowd)
    },
    LONGEST_MS,
  )

  test(
    'neither does one when the server is killed and started again in between',
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
      await crowd.lookAtAll()
      expect(objections(crowd.history)).toEqual([])
      expectSubstance(crowd)
      expect(orphans()).toBe(0)
    },
    LONGEST_MS,
  )
})

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
