import { beforeAll, describe, expect, test } from 'vitest'
import {
  addAdministrator,
  addPerson,
  addSession,
  openServices,
  PASSWORD,
  type Person,
  type TestServices,
} from '../../../tests/support/services'
import { hours } from '../time'
import { cursorToText } from '../page-cursor'
import type { AuditKind } from './kinds'
import { createRecordAudit, type NamedPerson } from './record'
import { createSearchAudit, EVENTS_PER_PAGE, type AuditQuery, type AuditRow } from './search'

let app: TestServices
let admin: Person
beforeAll(async () => {
  app = await openServices()
  admin = await addAdministrator(app)
})

const search = (query: Partial<AuditQuery> = {}) => app.searchAudit({ at: null, ...query })
/** As in a log that names those who are looked for more often than can be sorted. */
const searchAmongMany = (query: Partial<AuditQuery>) =>
  createSearchAudit({ ...app, many: 0 })({ at: null, ...query })

describe('searching the audit log', () => {
  test.each(['%', '_', 'a_', '*', "'", 'nobody'])(
    'for “%s” finds nobody who is not called so',
    async (person) => {
      await addPerson(app, 'Ada')
      expect((await search({ person })).events).toEqual([])
    },
  )

  test.each([
    ['nonsense', 'x'],
    ['a place after the end', cursorToText({ direction: 'after', value: '', id: '' })],
    ['a place before the beginning', cursorToText({ direction: 'before', value: '', id: 'z' })],
  ])('that continues at %s gives no error', async (_, at) => {
    expect((await search({ at })).events.length).toBeLessThanOrEqual(EVENTS_PER_PAGE)
  })

  test.each([new Date(8.64e15), new Date(-8.64e15)])(
    'until the day %s, or from it on, gives no error',
    async (day) => {
      expect((await search({ from: day, until: day })).events).toEqual([])
    },
  )

  test('by name finds what somebody did and what was done to them, in any case', async () => {
    const person = await addPerson(app, 'Élodie')
    await app.administration.createPasswordLink(admin.first.acting, person.userId)
    for (const name of ['élodie', 'ÉLO', ' Élodie ', person.email.slice(0, 12)]) {
      for (const searching of [search, searchAmongMany]) {
        const { events } = await searching({ person: name })
        expect(kindsOf(events), name).toEqual(['link.created', 'session.started'])
      }
    }
  })

  test('by name finds people under the name that they had then, and who are gone', async () => {
    const person = await addPerson(app, 'Ophelia')
    await app.ownAccount.rename(person.first.acting, 'Viola')
    const wanted = ['user.renamed', 'session.started']
    expect(kindsOf((await search({ person: 'viola' })).events)).toEqual(wanted)
    expect(kindsOf((await search({ person: 'ophelia' })).events)).toEqual(wanted)
    await app.access.remove(admin.first.acting, person.userId)
    const left = ['user.deleted', ...wanted]
    expect(kindsOf((await search({ userId: person.userId })).events)).toEqual(left)
    // The last one was written about Viola, the others about Ophelia.
    for (const searching of [search, searchAmongMany]) {
      for (const name of ['Viola', 'viola', 'VI', 'vIoLA'])
        expect(kindsOf((await searching({ person: name })).events), name).toEqual(['user.deleted'])
      for (const name of ['Ophelia', 'oPHELIa'])
        expect(kindsOf((await searching({ person: name })).events), name).toEqual(wanted)
    }
  })

  test('by who did it, or by whom it was done to, leaves the other out', async () => {
    const person = await addPerson(app)
    const { userId } = person
    await app.ownAccount.rename(person.first.acting, 'Somebody')
    await app.administration.createPasswordLink(admin.first.acting, userId)
    const by = await search({ actorId: userId })
    const about = await search({ subjectId: userId })
    expect(kindsOf(by.events)).toEqual(['user.renamed', 'session.started'])
    expect(kindsOf(about.events)).toEqual(['link.created', 'user.renamed', 'session.started'])
    const between = await search({ actorId: admin.userId, subjectId: userId })
    expect(kindsOf(between.events)).toEqual(['link.created'])
    for (const id of ["'", 'nobody', '\ud800']) {
      expect((await search({ actorId: id })).events).toEqual([])
      expect((await search({ subjectId: id })).events).toEqual([])
    }
  })

  test('by any part of a name finds who is called so now', async () => {
    const person = await addPerson(app, 'Persephone')
    for (const searching of [search, searchAmongMany]) {
      const { events } = await searching({ person: 'SEPHON' })
      expect(events.map(({ subject }) => subject?.id)).toEqual([person.userId])
    }
  })

  test('by kind, by session and by time leaves everything else out', async () => {
    const person = await addPerson(app)
    const other = await addSession(app, person)
    app.clock.pass(hours(1))
    const from = app.clock.now()
    await app.ownAccount.rename(other.acting, 'Somebody')
    app.clock.pass(hours(1))
    const until = app.clock.now()
    await app.ownAccount.rename(person.first.acting, 'Nobody')
    const { userId } = person

    const kind = 'session.started'
    expect(kindsOf((await search({ userId, kind })).events)).toEqual([kind, kind])
    expect(kindsOf((await search({ sessionId: other.id })).events)).toEqual([
      'user.renamed',
      'session.started',
    ])
    const { events } = await search({ userId, from, until })
    expect(events).toMatchObject([{ kind: 'user.renamed', details: { to: 'Somebody' }, at: from }])
    expect((await search({ userId, kind, from, until })).events).toEqual([])
  })
})

describe('the audit log', () => {
  test('says of a failed sign-in to whom and from where, never what was typed', async () => {
    const { email, userId } = await addPerson(app)
    const origin = { ip: '192.0.2.44', userAgent: 'test' }
    const tries = [
      { email, password: 'sesame seeds' },
      { email: 'hunter2 was typed here', password: 'x' },
    ]
    for (const one of tries) await app.signIn({ ...one, keep: false, origin })
    const { events } = await search({ kind: 'session.refused' })
    expect(events).toMatchObject([
      {
        ...{ actor: null, subject: null, ip: origin.ip },
        details: { reason: 'unknown-account' },
      },
      {
        ...{ actor: null, subject: { id: userId }, ip: origin.ip },
        details: { reason: 'wrong-password' },
      },
    ])
    const rows = await app.database.client.auditEvent.findMany()
    expect(JSON.stringify(rows)).not.toMatch(/sesame|hunter2/)
  })

  test('never holds a password, a hash, or a secret of a session, a token or a link', async () => {
    const person = await addPerson(app)
    const { acting, secret } = await addSession(app, person)
    const grace = await addSession(app, admin)
    const token = await app.apiTokens.create(acting, {
      ...{ name: 'x', scopes: ['profile:read'], lifetimeDays: null },
    })
    const link = await app.administration.createPasswordLink(grace.acting, person.userId)
    await app.ownAccount.changePassword(acting, {
      ...{ currentPassword: PASSWORD, newPassword: 'eight red bicycles', endOthers: true },
    })
    await app.access.remove(grace.acting, person.userId)
    const written = JSON.stringify(await app.database.client.auditEvent.findMany())
    const secrets = [secret, (token as { text: string }).text, (link as { secret: string }).secret]
    for (const text of [...secrets, PASSWORD, 'bicycles', '$2']) {
      expect(written).not.toContain(text)
    }
  })

  test('holds nothing of what in the end did not happen', async () => {
    const before = await app.database.client.auditEvent.count()
    const thing = app.revocations.commit(async (tx) => {
      await createRecordAudit(app)(tx, { kind: 'user.deleted', actor: null, subject: null })
      throw new Error('after all not')
    })
    await expect(thing).rejects.toThrow('after all not')
    expect(await app.database.client.auditEvent.count()).toBe(before)
  })
})

describe('the pages of the audit log', () => {
  const COUNT = 2 * EVENTS_PER_PAGE + 20
  const kind: AuditKind = 'user.exported'

  test('cover everything once, both ways, while events are added at the top', async () => {
    const record = createRecordAudit(app)
    const paged = { id: 'paged', name: 'Paged' }
    let written = 0
    // What they success, what was done to them, and what they did to themselves, in turn.
    const write = () => {
      const [actor, subject] = [
        [paged, null],
        [null, paged],
        [paged, paged],
      ][written % 3] as [NamedPerson | null, NamedPerson | null]
      written += 1
      return app.database.transaction((tx) => record(tx, { kind, actor, subject }))
    }
    for (let index = 0; index < COUNT; index += 1) await write()
    const query = { userId: 'paged' }

    const there: AuditRow[] = []
    let page = await search(query)
    for (;;) {
      there.push(...page.events)
      await write()
      if (!page.older) break
      page = await search({ ...query, at: page.older })
    }
    const ids = there.map(({ id }) => id)
    expect(ids).toHaveLength(COUNT)
    expect(ids).toEqual([...new Set(ids)].sort().reverse())

    const back = [...page.events]
    while (page.newer) {
      page = await search({ ...query, at: page.newer })
      back.unshift(...page.events)
    }
    // Going back also meets what was added meanwhile, each once.
    const all = await app.database.client.auditEvent.findMany({
      where: { OR: [{ actorId: 'paged' }, { subjectId: 'paged' }] },
      orderBy: { id: 'desc' },
    })
    expect(back.map(({ id }) => id)).toEqual(all.map(({ id }) => id))
  })
})

const kindsOf = (events: readonly AuditRow[]) => events.map(({ kind }) => kind)
