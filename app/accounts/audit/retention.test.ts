import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  addPerson,
  openServices,
  PASSWORD,
  type TestServices,
} from '../../../tests/support/services'
import { isOnPostgres } from '../../../tests/support/test-database'
import { PURGE_INTERVAL } from '../sessions/policy'
import { days, hours } from '../time'
import { createRecordAudit } from './record'
import { createPurgeAudit, DEFAULT_RETENTION, SHORTEST_RETENTION } from './retention'

let app: TestServices
beforeAll(async () => {
  app = await openServices()
})
beforeEach(() => app.database.client.auditEvent.deleteMany())

const remembered = async () => {
  const events = await app.database.client.auditEvent.findMany({ orderBy: { id: 'asc' } })
  return events.map(({ actorName }) => actorName)
}

/** Writes down that these people did something, one after the other. */
const write = (names: readonly string[]) =>
  app.database.transaction(async (tx) => {
    const record = createRecordAudit(app)
    for (const name of names) {
      await record(tx, { kind: 'user.exported', actor: { id: name, name }, subject: null })
    }
  })

const numbered = (count: number) => Array.from({ length: count }, (_, number) => `${number}`)

describe('the audit log', () => {
  test('forgets what is older than two years, and nothing that is younger', async () => {
    await write(['Ada'])
    app.clock.pass(hours(1))
    await write(['Bob'])
    app.clock.pass(DEFAULT_RETENTION - hours(1))
    await write(['Cyd'])
    await app.purgeAudit()
    expect(await remembered()).toEqual(['Ada', 'Bob', 'Cyd'])
    app.clock.pass(1)
    await app.purgeAudit()
    expect(await remembered()).toEqual(['Bob', 'Cyd'])
    app.clock.pass(hours(1))
    await app.purgeAudit()
    expect(await remembered()).toEqual(['Cyd'])
  })

  test('forgets by itself, again and again', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const stop = app.runInBackground()
    try {
      for (const name of ['Ada', 'Bob']) {
        await write([name])
        app.clock.pass(DEFAULT_RETENTION + 1)
        vi.advanceTimersByTime(PURGE_INTERVAL)
        await vi.waitFor(async () => expect(await remembered()).toEqual([]))
      }
    } finally {
      vi.useRealTimers()
      await stop()
    }
  })

  test('forgets as soon as the operator says', async () => {
    await write(['Ada'])
    app.clock.pass(SHORTEST_RETENTION + 1)
    await write(['Bob'])
    await createPurgeAudit({ ...app, retention: SHORTEST_RETENTION })()
    expect(await remembered()).toEqual(['Bob'])
  })

  test('forgets many, and writers get their turn in between', async () => {
    await write(numbered(230))
    app.clock.pass(DEFAULT_RETENTION + 1)
    const purging = app.purgeAudit()
    let turns = 0
    let isOver = false
    const counting = (async () => {
      while (!isOver) {
        await app.database.transaction((tx) => tx.auditEvent.count())
        if (!isOver) turns += 1
      }
    })()
    await purging
    isOver = true
    await counting
    // Where there is but one lock to write, each batch lets go of it.
    expect(turns).toBeGreaterThan(isOnPostgres ? 0 : 2)
    expect(await remembered()).toEqual([])
  })

  test('forgets no more than a bounded number at a time, the oldest first', async () => {
    const events = numbered(10_020).map((number) => ({
      ...{ id: `event-${number.padStart(6, '0')}`, kind: 'user.exported', details: '{}' },
      at: new Date(app.clock.time() + Number(number)),
      actorName: number,
    }))
    for (let start = 0; start < events.length; start += 1_000) {
      await app.database.client.auditEvent.createMany({ data: events.slice(start, start + 1_000) })
    }
    app.clock.pass(DEFAULT_RETENTION + days(1))
    await app.purgeAudit()
    expect(await remembered()).toEqual(numbered(10_020).slice(10_000))
    await app.purgeAudit()
    expect(await remembered()).toEqual([])
  })

  test('of the shortest kind still knows where people came from, for as long as sign-in asks', async () => {
    const { email } = await addPerson(app)
    const home = { ip: '203.0.113.77', userAgent: 'test' }
    const signIn = (ip: string) =>
      app.signIn({ email, password: PASSWORD, keep: false, origin: { ...home, ip } })
    expect(await signIn(home.ip)).toMatchObject({ ok: true })
    app.clock.pass(SHORTEST_RETENTION - hours(1))
    await createPurgeAudit({ ...app, retention: SHORTEST_RETENTION })()
    // Guessed at from everywhere until only the owner's own addresses are heard.
    for (let count = 0; count < 60; count += 1) {
      const origin = { ip: `10.1.0.${count}`, userAgent: 'test' }
      await app.signIn({ email, password: 'a guess', keep: false, origin })
    }
    expect(await signIn('10.2.0.1')).toMatchObject({ code: 'TOO_MANY_ATTEMPTS' })
    expect(await signIn(home.ip)).toMatchObject({ ok: true })
  })
})
