import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  addAdministrator,
  addPerson,
  addSession,
  addToken,
  openServices,
  PASSWORD,
  type Person,
  type TestServices,
} from '../../../tests/support/services'
import type { AuditKind } from './kinds'

let app: TestServices
let admin: Person
let ada: Person
beforeAll(async () => {
  app = await openServices()
})
beforeEach(async () => {
  admin = await addAdministrator(app)
  ada = await addPerson(app, 'Ada')
})

type Way = {
  /** What is there beforehand. Returns what is done twice. */
  prepare: () => Promise<() => Promise<unknown>>
  /** What is written down of both. */
  written: AuditKind[]
}

/** Every way to change something into what it may be already. */
const ways: Record<string, Way> = {
  'rename themselves': {
    prepare: () => Promise.resolve(() => app.ownAccount.rename(ada.first.acting, 'Lovelace')),
    written: ['user.renamed'],
  },
  'change their e-mail address': {
    prepare: () => Promise.resolve(() => changeEmail(`lovelace-${ada.userId}@example.com`)),
    written: ['user.email-changed'],
  },
  'sign out of other sessions': {
    prepare: async () => {
      await addSession(app, ada)
      return () => app.sessions.endOthers(ada.first.acting)
    },
    written: ['session.ended'],
  },
  'sign out of one session': {
    prepare: async () => {
      const { id } = await addSession(app, ada)
      return () => app.sessions.endChosen(ada.first.acting, [id])
    },
    written: ['session.ended'],
  },
  'sign out': {
    prepare: () => Promise.resolve(() => app.sessions.endOwn(ada.first.acting)),
    written: ['session.signed-out'],
  },
  'revoke a token': {
    prepare: async () => {
      const ids = await tokenOfAda()
      return () => app.apiTokens.revoke(ada.first.acting, ids)
    },
    written: ['token.revoked'],
  },
  'delete their account': {
    prepare: () =>
      Promise.resolve(() =>
        app.ownAccount.deleteAccount(ada.first.acting, { currentPassword: PASSWORD }),
      ),
    written: ['user.deleted'],
  },
  'be given another name, address and role': {
    prepare: () => Promise.resolve(() => edit({ name: 'Lovelace', role: 'admin' })),
    written: ['user.renamed', 'user.role-changed'],
  },
  'be disabled': {
    prepare: () => Promise.resolve(() => app.administration.disable(...onAda())),
    written: ['user.disabled'],
  },
  'be enabled': {
    prepare: async () => {
      await app.administration.disable(...onAda())
      return () => app.administration.enable(...onAda())
    },
    written: ['user.enabled'],
  },
  'be enabled, who never were disabled': {
    prepare: () => Promise.resolve(() => app.administration.enable(...onAda())),
    written: [],
  },
  'be signed out everywhere': {
    prepare: () => Promise.resolve(() => app.access.endSessions(...onAda())),
    written: ['session.ended'],
  },
  'be deleted': {
    prepare: () => Promise.resolve(() => app.access.remove(...onAda())),
    written: ['user.deleted'],
  },
  'have a token revoked': {
    prepare: async () => {
      const ids = await tokenOfAda()
      return () => app.apiTokens.revokeOf(...onAda(), ids)
    },
    written: ['token.revoked'],
  },
  'be signed out with everybody else': {
    prepare: () => Promise.resolve(() => app.access.endEverybody(admin.first.acting)),
    written: ['sessions.ended'],
  },
  'be signed out with everybody else by the operator': {
    prepare: () => Promise.resolve(() => app.access.endEverybodyAsOperator()),
    written: ['sessions.ended'],
  },
}

describe('whoever asks twice is written down once: to', () => {
  test.each(Object.entries(ways))('%s', async (_, { prepare, written }) => {
    const act = await prepare()
    const before = await latestEvent()
    await act()
    expect(await kindsSince(before)).toEqual(written)
    const updated = await rowOfAda()
    await act()
    expect(await kindsSince(before)).toEqual(written)
    expect(await rowOfAda()).toEqual(updated)
  })

  test.each(Object.entries(ways))('%s, both at once', async (_, { prepare, written }) => {
    const act = await prepare()
    const before = await latestEvent()
    await Promise.all([act(), act(), act()])
    expect(await kindsSince(before)).toEqual(written)
  })
})

describe('what is compared with is what is stored, not what the request came in with:', () => {
  test('a name that was changed meanwhile can be changed back, and is written down', async () => {
    await app.ownAccount.rename(ada.first.acting, 'Lovelace')
    expect(ada.first.acting.viewer.user.name).toBe('Ada')
    await app.ownAccount.rename(ada.first.acting, 'Ada')
    expect(await rowOfAda()).toMatchObject({ name: 'Ada' })
    expect(await lastChange('user.renamed')).toEqual({ from: 'Lovelace', to: 'Ada' })
  })

  test('and so can an e-mail address', async () => {
    const email = `meanwhile-${ada.userId}@example.com`
    await edit({ email })
    await changeEmail(ada.email)
    expect(await rowOfAda()).toMatchObject({ email: ada.email })
    expect(await lastChange('user.email-changed')).toEqual({ from: email, to: ada.email })
  })
})

test('a second disabling tells nobody anything anew', async () => {
  // What was announced before may still be on its way here.
  await app.nodes.changes.catchUp()
  const told: string[] = []
  const stop = app.revocations.subscribe(({ type }) => void told.push(type))
  await app.administration.disable(...onAda())
  const first = [...told]
  await app.administration.disable(...onAda())
  stop()
  expect(new Set(first)).toEqual(new Set(['sessions-ended', 'user-changed']))
  expect(told).toEqual(first)
})

const onAda = () => [admin.first.acting, ada.userId] as const

const edit = (changed: Partial<{ name: string; email: string; role: 'user' | 'admin' }>) => {
  const { userId, name, email } = ada
  const unchanged = { userId, name, email, role: 'user' as const }
  return app.administration.edit(admin.first.acting, { ...unchanged, ...changed })
}

const changeEmail = (email: string) =>
  app.ownAccount.changeEmail(ada.first.acting, { email, currentPassword: PASSWORD })

async function tokenOfAda(): Promise<string[]> {
  await addToken(app, ada.first)
  return (await app.apiTokens.list(ada)).map(({ id }) => id)
}

const rowOfAda = () => app.database.client.user.findUnique({ where: { id: ada.userId } })

const events = (where: object) =>
  app.database.client.auditEvent.findMany({ where, orderBy: { id: 'asc' } })

const latestEvent = async () => (await events({})).at(-1)?.id ?? ''

const kindsSince = async (id: string) => (await events({ id: { gt: id } })).map(({ kind }) => kind)

const lastChange = async (kind: AuditKind) => {
  const found = await events({ kind, subjectId: ada.userId })
  return JSON.parse(found.at(-1)?.details ?? 'null') as unknown
}
