import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { days, minutes } from '../../app/accounts/time'
import { anotherProcess } from '../../app/database/sqlite/fixtures'
import { createCaller, type Caller } from '../support/caller'
import { objections } from '../support/history'
import { createCrowd, type Crowd } from '../support/history-clients'
import { startOpenServer, type TestServer } from '../support/server'
import { startClockServer } from '../support/set-clock'
import { mountSmallDisk } from '../support/small-disk'
import { until } from '../support/until'

const USERS = ['ada@example.com', 'bob@example.com']
const ENOUGH_ENDINGS = 15
const KILLS = 3
/** Before a fault, and again after it. */
const SOME_ENDINGS = 4
/** Longer than anything that is remembered may be believed. */
const SUSPENSION_MS = 600
const LONGEST_MS = 120_000

/** More than what happens here needs. */
const DISK_MEGABYTES = 32

const disk = mountSmallDisk(DISK_MEGABYTES)

let server: TestServer
let caller: Caller
beforeAll(async () => {
  server = await startOpenServer()
  caller = await populate(server)
})
// The accounts that come and go here are limited like others: only so many may be made, and tried in vain.
beforeEach(() => server.query('DELETE FROM "AttemptCounter"'))
afterAll(async () => {
  await server.dispose()
  disk?.remove()
})

describe('whatever several clients do at once, no use that began after an acknowledged ending succeeds', () => {
  test(
    'on a quiet day',
    async () => {
      const crowd = createCrowd([caller], USERS)
      await crowd.act(() => endingsIn(crowd) >= ENOUGH_ENDINGS)
      await expectKept(crowd, server)
    },
    LONGEST_MS,
  )

  test(
    'when the server is killed and started again in between',
    async () => {
      const crowd = createCrowd([caller], USERS)
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
      await expectKept(crowd, server)
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
    'when another process holds the write lock for so long that endings are refused': async (
      crowd,
    ) => {
      const lock = await anotherProcess(server.databaseFile, 'BEGIN IMMEDIATE')
      await untilEndingsAreRefused(crowd)
      await lock.end()
    },
  }
  test.each(Object.entries(faults))(
    '%s',
    async (_, happen) => {
      const crowd = createCrowd([caller], USERS)
      await actThrough(crowd, happen)
      await expectKept(crowd, server)
    },
    LONGEST_MS,
  )

  test(
    'when the wall clock jumps forth, and then back by a day',
    async () => {
      const clocked = await startClockServer()
      onTestFinished(() => clocked.dispose())
      const crowd = createCrowd([await populate(clocked)], USERS)
      await actThrough(crowd, async () => {
        // Not forth again: whoever signs in now may stay for a day by this clock, and not longer.
        for (const offset of [minutes(5), -days(1)]) {
          await clocked.setClock(offset)
          await untilSomeEndings(crowd)
        }
      })
      await expectKept(crowd, clocked)
    },
    LONGEST_MS,
  )

  test.skipIf(!disk)(
    'when the disk is full for a while',
    async () => {
      const cramped = await disk!.startServer()
      onTestFinished(() => cramped.dispose())
      const crowd = createCrowd([await populate(cramped)], USERS)
      await actThrough(crowd, async () => {
        disk!.fill()
        await untilEndingsAreRefused(crowd)
        disk!.free()
      })
      await expectKept(crowd, cramped)
    },
    LONGEST_MS,
  )
})

async function populate({ origin }: TestServer): Promise<Caller> {
  const caller = createCaller(origin)
  for (const user of USERS) await caller.signUp(user)
  return caller
}

/** Lets the crowd act before something happens, while it does, and afterwards. */
async function actThrough(crowd: Crowd, happen: (crowd: Crowd) => Promise<unknown>) {
  let enough = Infinity
  const acting = crowd.act(() => endingsIn(crowd) >= enough)
  await untilSomeEndings(crowd)
  await happen(crowd)
  enough = endingsIn(crowd) + SOME_ENDINGS
  await acting
}

async function untilSomeEndings(crowd: Crowd) {
  const wanted = endingsIn(crowd) + SOME_ENDINGS
  await until(() => endingsIn(crowd) >= wanted, { timeout: LONGEST_MS })
}

async function untilEndingsAreRefused({ history }: Crowd) {
  const refusals = () =>
    history.filter(({ kind, result }) => kind.startsWith('end') && result === 'refused').length
  const before = refusals()
  await until(() => refusals() > before, { timeout: LONGEST_MS })
}

async function expectKept(crowd: Crowd, server: TestServer) {
  await crowd.lookAtAll()
  expect(objections(crowd.history)).toEqual([])
  expectSubstance(crowd)
  expect(await orphans(server)).toBe(0)
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

const orphans = ({ queryValue }: TestServer) =>
  queryValue('SELECT count(*) FROM "Session" WHERE "userId" NOT IN (SELECT "id" FROM "User")')
