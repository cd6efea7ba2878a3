import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ATTEMPT_LIMITS } from '~/accounts/attempt-limits'
import { minutes } from '~/accounts/time'
import type { Acting } from '~/accounts/viewer'
import {
  addAdministrator,
  addPerson,
  addSession,
  addToken,
  ANY_TOKEN,
  openServices,
  PASSWORD,
  type Person,
  type TestServices,
} from '../../../tests/support/services'

let app: TestServices
let ada: Person
let grace: Person
beforeAll(async () => {
  app = await openServices()
})
beforeEach(async () => {
  ada = await addPerson(app)
  grace = await addAdministrator(app)
})

const LATE = minutes(15)
const HERE = { ip: '192.0.2.1', userAgent: 'test' }

const prove = ({ acting }: { acting: Acting }, text = PASSWORD) =>
  app.stepUp.prove(acting, HERE, { kind: 'password', text, browser: '' })

const rowOf = ({ first }: Person) =>
  app.database.client.session.findUniqueOrThrow({ where: { id: first.id } })

const eventsOf = ({ userId }: Person) =>
  app.database.client.auditEvent.count({ where: { actorId: userId } })

describe('nobody has proved again who they are', () => {
  test('by a wrong password, and the session stays as it was', async () => {
    app.clock.pass(LATE)
    const before = await rowOf(ada)
    expect(await prove(ada.first, 'eight red bicycles')).toEqual({
      ok: false,
      code: 'WRONG_PASSWORD',
    })
    expect(await rowOf(ada)).toEqual(before)
  })

  test('by the right one after too many wrong ones', async () => {
    for (let n = 0; n < ATTEMPT_LIMITS.currentPassword.attempts; n += 1) {
      await prove(ada.first, 'eight red bicycles')
    }
    expect(await prove(ada.first)).toMatchObject({ ok: false, code: 'TOO_MANY_ATTEMPTS' })
  })

  test('in a session that has ended, of an account that is disabled, or deleted', async () => {
    await app.sessions.endOwn(ada.first.acting)
    expect(await prove(ada.first)).toEqual({ ok: false, code: 'SESSION_ENDED' })
    const second = await addSession(app, ada)
    await app.administration.disable(grace.first.acting, ada.userId)
    expect(await prove(second)).toEqual({ ok: false, code: 'SESSION_ENDED' })
    await app.access.remove(grace.first.acting, ada.userId)
    expect(await prove(second)).toEqual({ ok: false, code: 'SESSION_ENDED' })
  })

  test('with the cookie from before the last time: it opens nothing any more', async () => {
    expect(await prove(ada.first)).toMatchObject({ ok: true })
    expect(await app.sessions.verify(ada.first.secret)).toBeNull()
    expect(await prove(ada.first)).toEqual({ ok: false, code: 'SESSION_ENDED' })
  })

  test('in two tabs at once: one is given the new secret, which goes on', async () => {
    const both = await Promise.all([prove(ada.first), prove(ada.first)])
    const [proved, ...more] = both.filter((one) => one.ok)
    expect(more).toEqual([])
    expect(await app.sessions.verify(proved!.session.secret)).not.toBeNull()
  })
})

describe('somebody who has proved again who they are', () => {
  test('goes on in the same session under another secret, with forms and applications as before', async () => {
    app.clock.pass(LATE)
    const before = await rowOf(ada)
    const proved = await prove(ada.first)
    if (!proved.ok) throw new Error(proved.code)
    const viewer = await app.sessions.verify(proved.session.secret)
    expect(viewer?.session).toMatchObject({
      id: ada.first.id,
      authenticatedAt: app.clock.now(),
      formKey: ada.first.acting.viewer.session.formKey,
    })
    const after = await rowOf(ada)
    expect(after.tokenHash).not.toEqual(before.tokenHash)
    expect({ ...after, tokenHash: 0, authenticatedAt: 0 }).toEqual({
      ...{ ...before, tokenHash: 0, authenticatedAt: 0 },
    })
    expect(proved.session).toMatchObject({ kept: ada.first.kept, endsAt: ada.first.endsAt })
  })

  test('finds it in the log', async () => {
    await prove(ada.first)
    const { events } = await app.searchAudit({
      userId: ada.userId,
      kind: 'session.proved',
      at: null,
    })
    expect(events).toMatchObject([{ sessionId: ada.first.id, details: { proof: 'password' } }])
  })
})

/** What a person does for themselves that somebody in their place must not. */
const OWN: Record<string, (acting: Acting) => Promise<unknown>> = {
  'to make a token': (acting) => app.apiTokens.create(acting, ANY_TOKEN),
}

/** What takes access away from oneself, and what harms nobody. */
const NEVER: Record<string, (acting: Acting) => Promise<unknown>> = {
  'to revoke a token': (acting) => app.apiTokens.revoke(acting, []),
  'to end other sessions': (acting) => app.sessions.endOthers(acting),
  'to end one session': (acting) => app.sessions.endChosen(acting, [acting.viewer.session.id]),
  'to leave an application': (acting) => app.applicationSignIns.endOwn(acting, ada.first.id),
  'to change the name': (acting) => app.ownAccount.rename(acting, 'Ada King'),
}

/** What administrators do to others. */
const ADMINISTRATION: Record<string, (acting: Acting) => Promise<unknown>> = {
  'to invite somebody': (acting) =>
    app.administration.create(acting, { name: 'Eve', email: 'eve@example.com', role: 'admin' }),
  'to change somebody': (acting) =>
    app.administration.edit(acting, { ...ada, role: 'admin', email: ada.email }),
  'to change a username': (acting) =>
    app.administration.changeUsername(acting, ada.userId, 'somebody-else'),
  'to disable somebody': (acting) => app.administration.disable(acting, ada.userId),
  'to make a password link': (acting) => app.administration.createPasswordLink(acting, ada.userId),
  'to end sessions': (acting) => app.access.endSessions(acting, ada.userId),
  'to end everybody’s sessions': (acting) => app.access.endEverybody(acting),
  'to delete somebody': (acting) => app.access.remove(acting, ada.userId),
  'to revoke somebody’s token': (acting) => app.apiTokens.revokeOf(acting, ada.userId, []),
  'to add a group': (acting) => app.groups.add(acting, { id: 'staff', name: 'Staff' }),
  'to choose groups': (acting) => app.groups.setOfUser(acting, ada.userId, []),
  'to end sign-ins': (acting) => app.applicationSignIns.endAt(acting, 'wiki'),
  'to remove an application': (acting) => app.applications.remove(acting, 'wiki'),
}

describe('a quarter of an hour after a sign-in', () => {
  test.each(Object.keys({ ...OWN, ...ADMINISTRATION }))(
    'it takes a proof %s, and nothing is done without',
    async (what) => {
      app.clock.pass(LATE)
      const events = await eventsOf(grace)
      const work = { ...OWN, ...ADMINISTRATION }[what]!
      await expect(work(grace.first.acting)).rejects.toMatchObject({ name: 'StepUpNeeded' })
      expect(await eventsOf(grace)).toBe(events)
      expect(await app.sessions.verify(ada.first.secret)).not.toBeNull()
    },
  )

  test.each(Object.keys(NEVER))('it takes none %s', async (what) => {
    app.clock.pass(LATE)
    expect(await NEVER[what]!(ada.first.acting)).toMatchObject({ ok: true })
  })

  test('it takes none more where a form asks for the password itself', async () => {
    app.clock.pass(LATE)
    const { acting } = ada.first
    const email = `${ada.userId}@example.com`
    const change = { email, currentPassword: PASSWORD }
    expect(await app.ownAccount.changeEmail(acting, change)).toMatchObject({ ok: true })
    expect(await app.ownAccount.deleteAccount(acting, change)).toMatchObject({ ok: true })
  })

  test('a program acts as before, with what its token may', async () => {
    const text = await addToken(app, grace.first, { scopes: ['users:write'] })
    app.clock.pass(LATE)
    const bearer = await app.tokens.verify(text, '192.0.2.1')
    const removed = await app.access.remove({ bearer: bearer!, ip: '192.0.2.1' }, ada.userId)
    expect(removed).toMatchObject({ ok: true })
  })

  test('a proof opens all of it again, for as long', async () => {
    app.clock.pass(LATE)
    const proved = await prove(grace.first)
    if (!proved.ok) throw new Error(proved.code)
    const viewer = (await app.sessions.verify(proved.session.secret))!
    const acting = { ...grace.first.acting, viewer }
    app.clock.pass(LATE - 1)
    expect(await app.administration.disable(acting, ada.userId)).toEqual({ ok: true })
    app.clock.pass(1)
    await expect(app.administration.enable(acting, ada.userId)).rejects.toThrow()
  })
})

describe('a request that waited while the secret of its session was renewed', () => {
  test.each(Object.keys({ ...OWN, ...NEVER, ...ADMINISTRATION }))(
    'is of a session that has ended: %s',
    async (what) => {
      await prove(grace.first)
      const result = await { ...OWN, ...NEVER, ...ADMINISTRATION }[what]!(grace.first.acting)
      expect(result).toMatchObject({
        ok: false,
        code: what in ADMINISTRATION ? 'NOT_ALLOWED' : 'SESSION_ENDED',
      })
    },
  )
})
