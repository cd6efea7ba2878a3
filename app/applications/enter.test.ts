import { hash } from 'node:crypto'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { OPERATOR } from '~/accounts/users/as-administrator'
import { addApplication } from '../../tests/support/applications'
import {
  addPerson,
  openServices,
  PASSWORD,
  type Person,
  type TestServices,
} from '../../tests/support/services'

let app: TestServices
let ada: Person
let wiki: { id: string }
beforeAll(async () => {
  app = await openServices()
})
beforeEach(async () => {
  ada = await addPerson(app)
  wiki = await addApplication(app)
})

const NONCE = hash('sha256', 'a nonce', 'base64url')

async function openWiki(): Promise<string> {
  const asked = { applicationId: wiki.id, nonceHash: NONCE, returnTo: '/', agreed: false }
  const opened = await app.openApplication(ada.first.acting, asked)
  if (!opened.ok) throw new Error(opened.code)
  return opened.secret
}

const enter = (code: string, { nonceHashes = [NONCE], has }: Browser = {}) =>
  app.enterApplication({ code, applicationId: wiki.id, nonceHashes, current: has })
/** What a browser brings: its nonces, and the cookie that it has there. */
type Browser = { nonceHashes?: string[]; has?: string | undefined }

/** The cookie that a browser without one is given. */
async function cookieFrom(code: string): Promise<string> {
  const entered = await enter(code)
  return entered.ok && entered.cookie ? entered.cookie.secret : expect.fail('was given no cookie')
}

const cookies = () =>
  app.database.client.applicationCookie.findMany({
    where: { applicationSession: { applicationId: wiki.id } },
    select: { tokenHash: true },
  })

describe('nobody is let in with a code', () => {
  test('of a session whose password was changed since: a copy of the old cookie may have asked for it', async () => {
    const code = await openWiki()
    const change = {
      currentPassword: PASSWORD,
      newPassword: 'eight red bicycles',
      endOthers: false,
    }
    const changed = await app.ownAccount.changePassword(ada.first.acting, change)
    expect(changed).toMatchObject({ ok: true })
    expect(await enter(code)).toEqual({ ok: false })
  })

  test('that was asked for with the old secret while the password was changed', async () => {
    const change = {
      currentPassword: PASSWORD,
      newPassword: 'eight red bicycles',
      endOthers: false,
    }
    await app.ownAccount.changePassword(ada.first.acting, change)
    await expect(openWiki()).rejects.toThrow('SESSION_ENDED')
  })

  test('of a sign-in that was ended since', async () => {
    const code = await openWiki()
    const [row] = await app.database.client.applicationSession.findMany({
      where: { applicationId: wiki.id },
    })
    await app.applicationSignIns.endOwn(ada.first.acting, row!.id)
    expect(await enter(code)).toEqual({ ok: false })
  })

  test('that another browser brought first, which was not let in either', async () => {
    const code = await openWiki()
    expect(await enter(code, { nonceHashes: [] })).toEqual({ ok: false })
    expect(await enter(code)).toEqual({ ok: false })
  })

  test('twice, also when it is brought twice at once', async () => {
    const code = await openWiki()
    const both = await Promise.all([enter(code), enter(code)])
    expect(both.filter(({ ok }) => ok)).toHaveLength(1)
  })

  test('while everybody is being signed out of the application, whichever comes first', async () => {
    for (let round = 0; round < 10; round += 1) {
      wiki = await addApplication(app)
      const code = await openWiki()
      await Promise.all([enter(code), app.applicationSignIns.endAt(OPERATOR, wiki.id)])
      expect(await cookies()).toEqual([])
    }
  })
})

describe('the cookie that a browser has', () => {
  // One tab's sign-in must not take the cookie from another's, which would have to sign in again, and
  // take it from the first.
  test('is kept when it is of this very sign-in', async () => {
    const cookie = await cookieFrom(await openWiki())
    const before = await cookies()
    const again = await enter(await openWiki(), { has: cookie })
    expect(again).toMatchObject({ ok: true, cookie: null, returnTo: '/' })
    expect(await cookies()).toEqual(before)
  })

  test('is replaced when it is of another session', async () => {
    const old = await cookieFrom(await openWiki())
    const before = await cookies()
    ada = await addPerson(app)
    const entered = await enter(await openWiki(), { has: old })
    expect(entered).toMatchObject({ ok: true, cookie: { kept: false } })
    const after = await cookies()
    expect(after).toHaveLength(1)
    expect(after).not.toEqual(before)
  })

  test('is replaced when it was ended meanwhile', async () => {
    const cookie = await cookieFrom(await openWiki())
    const [row] = await app.database.client.applicationSession.findMany({
      where: { applicationId: wiki.id },
    })
    await app.applicationSignIns.endOwn(ada.first.acting, row!.id)
    const asked = { applicationId: wiki.id, nonceHash: NONCE, returnTo: '/', agreed: true }
    const opened = await app.openApplication(ada.first.acting, asked)
    const code = opened.ok ? opened.secret : expect.fail(opened.code)
    const entered = await enter(code, { has: cookie })
    expect(entered).toMatchObject({ ok: true, cookie: { kept: false } })
    expect(await cookies()).toHaveLength(1)
  })
})
