import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { codeNow } from '../support/authenticator-pages'
import { dump, withoutActivity } from '../support/dump'
import { makeStale } from '../support/expire'
import { formsIn } from '../support/page-forms'
import { buildMailStage, type MailStage } from '../support/stage-with-mail'

/*
 * The forms that are there only for people with second factors, and where mail is sent; step-up.test.ts
 * walks all others.
 */

let stage: MailStage
beforeAll(async () => (stage = await buildMailStage()))
afterAll(() => stage.dispose())

type Who = 'admin' | 'guarded'

const sessionOf = async (who: Who) => (await stage[who].identity()).session.id

/** Their oldest other session, as the profile links to it. */
const disownPage = async () => {
  const html = await (await stage.guarded.get('/profile')).text()
  return /\/profile\/not-me\?session=[\w-]+/.exec(html)![0]
}
const pageOfGuarded = () => Promise.resolve(`/admin/users/${stage.guardedId}`)
const at = (path: string) => () => Promise.resolve(path)

/** In an order in which each still finds something to do. */
const TAKES: [who: Who, page: () => Promise<string>, intent: string][] = [
  ['guarded', at('/profile/security'), 'renew-codes'],
  ['guarded', disownPage, 'disown'],
  ['guarded', at('/profile/security'), 'remove-authenticator'],
  ['admin', at('/admin/mail'), 'send-again'],
  ['admin', at('/admin/mail'), 'send-test'],
  ['admin', pageOfGuarded, 'mail-password-link'],
]

describe('without a fresh proof', () => {
  beforeEach(async () => {
    for (const who of ['admin', 'guarded'] as const)
      await makeStale(stage.server, await sessionOf(who))
  })

  test('what takes access away from oneself is done all the same', async () => {
    await stage.guarded.submit('/profile', { intent: 'cancel-email-change' })
    expect(await stage.guarded.get('/profile').then((page) => page.text())).not.toContain(
      'grace@example.org',
    )
    const html = await (await stage.guarded.get('/profile/security')).text()
    const deviceId = /name="deviceId" value="([^"]+)"/.exec(html)![1]!
    await stage.guarded.confirm('/profile/security', { intent: 'forget-device', deviceId })
    const rows = 'SELECT count(*) FROM "RememberedDevice"'
    expect(Number(await stage.server.queryValue(rows))).toBe(0)
  })

  test.each(TAKES.map(([who, page, intent]) => [intent, who, page] as const))(
    '"%s" of %s does nothing, asks for the code of the app, and is done with it',
    async (intent, who, page) => {
      const visitor = stage[who]
      const path = await page()
      const html = await (await visitor.get(path)).text()
      const form = formsIn(html, path).find((one) => one.intent === intent)!
      const fields = { ...Object.fromEntries(form.fields), intent, confirmed: 'yes' }
      const before = await rows()

      const asked = await visitor.post(form.path, fields)
      expect(asked.status).toBe(403)
      expect(await asked.text()).toContain('name="proofCode"')
      expect(await rows()).toEqual(before)

      const wrong = await visitor.post(form.path, { ...fields, proofCode: '000000' })
      expect(wrong.status).toBe(403)
      expect(await wrong.text()).toContain('This code is not right')

      const proofCode = await nextCode(who)
      const done = await visitor.post(form.path, { ...fields, proofCode })
      expect(done.status).toBe(200)
      expect(await rows()).not.toEqual(before)
      expect(await visitor.isSignedIn()).toBe(true)
    },
  )
})

/** Each code works once, and they change every half minute: tests do not wait for the next one. */
async function nextCode(who: Who) {
  const userId = await stage.server.queryValue<string>(
    'SELECT "userId" FROM "Session" WHERE "id" = ?',
    await sessionOf(who),
  )
  await stage.server.query('UPDATE "Authenticator" SET "lastStep" = 0 WHERE "userId" = ?', userId!)
  await stage.server.query('DELETE FROM "AttemptCounter"')
  return codeNow(stage.keys[who])
}

/** All that is stored, without what is counted and written down about tries. */
async function rows() {
  const {
    AttemptCounter: _,
    AuditEvent: __,
    OutgoingMail,
    ...others
  } = withoutActivity(await dump(stage.server))
  // How far the others have come does not count.
  return { ...others, mails: OutgoingMail!.map(({ id, state }) => [id, state === 'sent' ? 1 : 0]) }
}
