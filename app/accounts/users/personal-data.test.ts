import { beforeEach, describe, expect, test } from 'vitest'
import { models, SOME_ID, writeEveryColumn } from '../../../tests/support/models'
import { addAdministrator, openServices, type TestServices } from '../../../tests/support/services'

/*
 * What becomes of every kind of row that there is. A model that is new, and in none of these lists, fails
 * here: whoever adds it decides whether it goes with the person, and whether they are given a copy.
 */

/** Of a person: gone with their account. */
const GOES = [
  ...['User', 'Password', 'Session', 'ApiToken', 'OneTimeLink', 'EmailChange', 'OutgoingMail'],
  ...['PendingSignIn', 'Authenticator', 'RecoveryCode', 'Passkey', 'KnownDevice'],
  ...['RememberedDevice', 'SignInNotice', 'GroupMember', 'RetiredPassword'],
  ...['ApplicationSession', 'ApplicationCookie', 'ApplicationCode'],
]

/** What stays, and why it lets nobody in. */
const STAYS: Record<string, string> = {
  GivenUsername: 'a hash, so that an application never takes somebody new for who was there before',
  AuditEvent: 'the record of what happened, for as long as its retention says',
  UsedChallenge: 'of a passkey ceremony, whoever made it, for minutes',
  AttemptCounter: 'of attempts, under hashes, for hours',
  Application: 'of everybody',
  UsedApplicationId: 'of everybody',
  Group: 'of everybody',
  ApplicationGroup: 'of everybody',
  SigningKey: 'of the site',
}

/** Where in a copy of somebody's data they are. */
const COPIED: Record<string, (copy: Copy) => unknown> = {
  User: ({ account }) => account?.email,
  Password: ({ account }) => account?.password?.changedAt,
  RetiredPassword: ({ account }) => account?.retiredPassword?.retiredAt,
  Session: ({ sessions }) => sessions[0]?.userAgent,
  ApiToken: ({ apiTokens }) => apiTokens[0]?.name,
  Authenticator: ({ account }) => account?.authenticator?.createdAt,
  RecoveryCode: ({ account }) => account?.recoveryCodes[0]?.createdAt,
  Passkey: ({ passkeys }) => passkeys[0]?.name,
  KnownDevice: ({ account }) => account?.knownDevices[0]?.userAgent,
  RememberedDevice: ({ account }) => account?.rememberedDevices[0]?.userAgent,
  EmailChange: ({ account }) => account?.emailChanges[0]?.toEmail,
  SignInNotice: ({ account }) => account?.signInNotices[0]?.userAgent,
  OneTimeLink: ({ account }) => account?.links[0]?.purpose,
  OutgoingMail: ({ account }) => account?.mails[0]?.address,
  GroupMember: ({ groups }) => groups[0]?.name,
  ApplicationSession: ({ applicationSignIns }) => applicationSignIns[0]?.application.name,
  AuditEvent: () => 'in batches, see own-account.test.ts',
}

/** Of a person, and not in their copy. */
const NOT_COPIED: Record<string, string> = {
  PendingSignIn: 'over within minutes',
  ApplicationCookie: 'nothing but a hash, of a sign-in that is in the copy',
  ApplicationCode: 'over within a minute',
  GivenUsername: 'nothing but a hash',
}

type Copy =
  Awaited<ReturnType<TestServices['exportAccount']>> extends infer Result
    ? Extract<Result, { ok: true }> extends { everything: infer Everything }
      ? Everything
      : never
    : never

const NAMES = models.map(({ name }) => name).sort()
/** Those that lead to a person, by themselves or by what they refer to. */
const ofPerson = (name: string): boolean => {
  const { columns, relations } = models.find((model) => model.name === name)!
  return (
    name === 'User' ||
    columns.some((column) => column.name === 'userId') ||
    relations.some(({ table }) => ofPerson(table))
  )
}

describe('every model', () => {
  test('is in the list of what goes with a person or in that of what stays, and in one only', () => {
    expect([...GOES, ...Object.keys(STAYS)].sort()).toEqual(NAMES)
  })

  test('that is of a person is in their copy, or in the list of what is left out', () => {
    const listed = [...Object.keys(COPIED), ...Object.keys(NOT_COPIED)].sort()
    expect(listed).toEqual([...NAMES.filter(ofPerson), 'AuditEvent'].sort())
  })
})

describe('somebody with a row in every table', () => {
  let app: TestServices
  beforeEach(async () => {
    app = await openServices()
    await writeEveryColumn(app.database.client)
  })

  const counts = async () =>
    Object.fromEntries(
      await Promise.all(
        NAMES.map(async (name) => {
          const rows = await app.queryValue<number>(`SELECT count(*) FROM "${name}"`)
          return [name, Number(rows)] as const
        }),
      ),
    )

  test('leaves nothing behind when they are deleted, but what is to stay', async () => {
    const admin = await addAdministrator(app)
    const others = await counts()
    const deleted = await app.access.remove(admin.first.acting, SOME_ID)
    expect(deleted).toMatchObject({ ok: true })
    const left = await app.queryValue<number>(`SELECT count(*) FROM "User" WHERE "id" = ?`, SOME_ID)
    expect(Number(left)).toBe(0)
    const after = await counts()
    for (const name of GOES) expect([name, after[name]]).toEqual([name, others[name]! - 1])
    for (const name of Object.keys(STAYS)) {
      expect([name, after[name]! >= others[name]!]).toEqual([name, true])
    }
  })

  test('gets a copy with all of that, without anything that opens something', async () => {
    const user = await app.database.client.user.findUniqueOrThrow({ where: { id: SOME_ID } })
    const session = { id: SOME_ID }
    const acting = { viewer: { user, session }, ip: '192.0.2.1' }
    const result = await app.exportAccount(acting as never)
    if (!result.ok) throw new Error(result.code)
    for (const [name, find] of Object.entries(COPIED)) {
      expect([name, find(result.everything)]).not.toEqual([name, undefined])
    }
    const text = JSON.stringify(result.everything)
    for (const secret of [/hash/i, /formKey/, /publicKey/, /credentialId/, /"key"/, /"about"/]) {
      expect(text).not.toMatch(secret)
    }
  })
})
