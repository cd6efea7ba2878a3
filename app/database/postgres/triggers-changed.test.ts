import { beforeEach, describe, expect, test } from 'vitest'
import { openAndHear, someSession, someToken } from './fixtures'

let database: Awaited<ReturnType<typeof openAndHear>>
beforeEach(async () => {
  database = await openAndHear()
})

const hear: typeof database.hear = (work) => database.hear(work)
const sql = (text: string) => database.sql(text)

describe('nothing is said', () => {
  test.each([
    ['no row went', `DELETE FROM "Session" WHERE "id" = 'nobody'`],
    ['no token went', `DELETE FROM "ApiToken" WHERE "id" = 'nobody'`],
    ['no row was added', `INSERT INTO "Session" SELECT * FROM "Session" WHERE false`],
    [
      'a session was used',
      `UPDATE "Session" SET "lastSeenAt" = now(), "expiresAt" = now(), "ip" = 'x'`,
    ],
    ['a token was used', `UPDATE "ApiToken" SET "lastUsedAt" = now(), "lastUsedIp" = 'x'`],
    ['a person was active', `UPDATE "User" SET "lastActiveAt" = now(), "updatedAt" = now()`],
    [
      'nothing became different',
      `UPDATE "User" SET "name" = "name", "role" = "role", "username" = "username"`,
    ],
    ['a secret is as it was', `UPDATE "Session" SET "tokenHash" = "tokenHash"`],
    [
      'scopes are as they were',
      `UPDATE "ApiToken" SET "scopes" = "scopes", "expiresAt" = "expiresAt"`,
    ],
    [
      'somebody came who has nothing yet',
      `INSERT INTO "User" SELECT 'cyd', 'c@x.org', 'c', 'c', 'user', NULL, now(), now(), now(), NULL, 'cyd'`,
    ],
    ['a password was set', `INSERT INTO "Password" VALUES ('ada', 'x', now())`],
    ['something was counted', `INSERT INTO "AttemptCounter" VALUES ('k', 1, now())`],
  ])('when %s', async (_, statement) => {
    expect(await hear(() => sql(statement))).toEqual([])
  })

  test('when it was rolled back', async () => {
    const failing = () =>
      database
        .transaction(async (tx) => {
          await tx.session.deleteMany()
          throw new Error('changed my mind')
        })
        .catch(() => {})
    expect(await hear(failing)).toEqual([])
  })
})

describe('what changes is said', () => {
  const ADA = { type: 'user-changed', userId: 'ada' }
  test.each([
    ['the name', `"name" = 'Ada'`],
    ['the e-mail address', `"email" = 'new@example.com'`],
    ['the username', `"username" = 'ada.lovelace'`],
    ['that the e-mail address is confirmed', `"emailConfirmedAt" = now()`],
    ['the role', `"role" = 'admin'`],
    ['that the account is disabled', `"disabledAt" = now()`],
    ['several of them', `"role" = 'admin', "name" = 'Ada', "lastActiveAt" = now()`],
  ])('of a person: %s', async (_, set) => {
    expect(await hear(() => sql(`UPDATE "User" SET ${set} WHERE "id" = 'ada'`))).toEqual([ADA])
  })

  test('of a person, that the account is enabled again', async () => {
    await sql(`UPDATE "User" SET "disabledAt" = now()`)
    const enable = `UPDATE "User" SET "disabledAt" = NULL WHERE "id" = 'ada'`
    expect(await hear(() => sql(enable))).toEqual([ADA])
    expect(await hear(() => sql(enable))).toEqual([])
  })

  test('of a session, its secret', async () => {
    const replace = () => sql(`UPDATE "Session" SET "tokenHash" = 'x' WHERE "id" = 'one'`)
    expect(await hear(replace)).toEqual([
      { type: 'secret-replaced', userId: 'ada', sessionId: 'one' },
    ])
  })

  test.each([`"scopes" = 'users:write'`, `"expiresAt" = now()`, `"tokenHash" = 'x'`])(
    'of a token: %s',
    async (set) => {
      const said = await hear(() => sql(`UPDATE "ApiToken" SET ${set} WHERE "id" = 'program'`))
      expect(said).toEqual([{ type: 'tokens-ended', userId: 'ada', tokenIds: ['program'] }])
    },
  )

  test('of what is new: once for each person', async () => {
    const added = ['a', 'b'].map((id) => someSession(id, 'ada'))
    const sessions = () =>
      database.client.session.createMany({ data: [...added, someSession('c', 'bob')] })
    expect((await hear(sessions)).toSorted(byPerson)).toEqual([
      { type: 'session-started', userId: 'ada', sessionId: 'b' },
      { type: 'session-started', userId: 'bob', sessionId: 'c' },
    ])
    const token = () => database.client.apiToken.create({ data: someToken('new', 'bob') })
    expect(await hear(token)).toEqual([{ type: 'access-granted', userId: 'bob' }])
  })
})

function byPerson(one: object, other: object) {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1
}
