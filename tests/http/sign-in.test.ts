import { hash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '~/accounts/row-id'
import { createRowSecret } from '~/accounts/row-secret'
import { dump } from '../support/dump'
import { startOpenServer, type TestServer } from '../support/server'
import { createVisitor, PASSWORD } from '../support/visitor'

const DAY = 24 * 60 * 60
const LONG = `${'a long password '.repeat(5)}0`
const EMOJI = '🦜'.repeat(64)

describe('signing in', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startOpenServer()
    await createVisitor(server.origin).signUp('ada@example.com')
    await createVisitor(server.origin).signUp('long@example.com', 'Long', LONG)
    await createVisitor(server.origin).signUp('emoji@example.com', 'Emoji', EMOJI)
  })
  afterAll(() => server.dispose())

  const visitor = () => createVisitor(server.origin)
  const sessionOf = async (secret: string) =>
    (await dump(server)).Session!.find(({ tokenHash }) => tokenHash === hash('sha256', secret))

  it('answers a wrong password and an unknown address alike', async () => {
    const wrong = await visitor().signIn('ada@example.com', 'not the password')
    const unknown = await visitor().signIn('eve@example.com', 'not the password')
    expect([wrong.status, unknown.status]).toEqual([422, 422])
    expect(namesOf(wrong.headers)).toEqual(namesOf(unknown.headers))
    const [page, other] = [withoutNonce(await wrong.text()), withoutNonce(await unknown.text())]
    expect(page).toContain('Wrong e-mail, username or password.')
    expect(page.replaceAll('ada@', 'eve@')).toBe(other)
  })

  it.each([
    ['ada@example.com', 'another case', PASSWORD.toUpperCase()],
    ['ada@example.com', 'a space behind it', `${PASSWORD} `],
    ['ada@example.com', 'a space before it', ` ${PASSWORD}`],
    ['ada@example.com', 'one character less', PASSWORD.slice(0, -1)],
    ['ada@example.com', 'wide letters that normalise to it', `ｓ${PASSWORD.slice(1)}`],
    ['long@example.com', 'another character after the 72nd', `${LONG.slice(0, -1)}1`],
    ['long@example.com', 'only its first 72 characters', LONG.slice(0, 72)],
    ['emoji@example.com', 'another last one of 64 emoji', `${EMOJI.slice(0, -2)}🦉`],
  ])('takes a password exactly, so that %s refuses %s', async (email, _, password) => {
    const stranger = visitor()
    expect((await stranger.signIn(email, password)).status).toBe(422)
    expect(await stranger.isSignedIn()).toBe(false)
  })

  it.each([
    ['long@example.com', LONG],
    ['emoji@example.com', EMOJI],
  ])('takes the whole of a long password: %s', async (email, password) => {
    expect((await visitor().signIn(email, password)).status).toBe(302)
  })

  it('knows people by their username as well, and refuses a wrong password for it alike', async () => {
    const email = 'ada@example.com'
    const username = await server.queryValue<string>(
      'SELECT "username" FROM "User" WHERE "email" = ?',
      email,
    )
    const wrong = await visitor().signIn(username!, 'not the password')
    const unknown = await visitor().signIn('nobody', 'not the password')
    expect([wrong.status, unknown.status]).toEqual([422, 422])
    const [page, other] = [withoutNonce(await wrong.text()), withoutNonce(await unknown.text())]
    expect(page.replaceAll(username!, 'nobody')).toBe(other)
    const ada = visitor()
    expect((await ada.signIn(` ${username!.toUpperCase()}`)).status).toBe(302)
    const told = (await (await ada.get('/api/v1/session')).json()) as object
    expect(told).toMatchObject({ user: { email, username } })
  })

  it.each(['ADA@Example.COM', '  ada@example.com ', 'ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ'])(
    'knows an address however it is written: %s',
    async (email) => {
      expect((await visitor().signIn(email)).status).toBe(302)
      const taken = await visitor().signUp(email)
      expect(taken.status).toBe(422)
      expect(await taken.text()).toContain('already has an account')
    },
  )

  it('lasts as long as the browser, and a day at most, unless it is to be kept', async () => {
    const brief = visitor()
    const [cookie] = (await brief.signIn('ada@example.com')).headers.getSetCookie()
    expect(cookie).not.toMatch(/max-age|expires/i)
    expect(lifetimeOf((await sessionOf(brief.secret()!))!)).toBe(DAY)
  })

  it('lasts 90 days when it is to be kept, in the browser as in the database', async () => {
    const kept = visitor()
    const answer = await kept.signIn('ada@example.com', PASSWORD, { keep: 'on' })
    const [cookie] = answer.headers.getSetCookie()
    const session = (await sessionOf(kept.secret()!))!
    expect(lifetimeOf(session)).toBe(90 * DAY)
    const maxAge = Number(/Max-Age=(\d+)/.exec(cookie!)![1])
    const leftAtAnswer = Number(session.endsAt) - Date.parse(answer.headers.get('Date')!)
    expect(Math.abs(maxAge - leftAtAnswer / 1000)).toBeLessThan(3)
  })

  it('gives another secret each time, and stores none', async () => {
    const [one, two] = [visitor(), visitor()]
    await one.signIn('ada@example.com')
    await two.signIn('ada@example.com')
    const secrets = [one, two].map((browser) => browser.secret()!)
    expect(secrets[0]).not.toBe(secrets[1])
    for (const secret of secrets) {
      expect(secret).toMatch(/^[\w-]{36}\.[\w-]{43}$/)
      expect(JSON.stringify(await dump(server))).not.toContain(secret.split('.')[1])
    }
  })

  it('again in the same browser ends the session that it had, whoever signs in', async () => {
    const browser = visitor()
    await browser.signIn('ada@example.com')
    for (const [email, password] of [['ada@example.com'], ['long@example.com', LONG]] as const) {
      const before = browser.cookieHeader()
      const count = (await dump(server)).Session!.length
      await browser.signIn(email, password)
      expect((await dump(server)).Session).toHaveLength(count)
      expect((await visitor().get('/api/v1/session', { Cookie: before })).status).toBe(401)
      expect(await browser.isSignedIn()).toBe(true)
    }
  })

  it('does not take up a secret that the browser brought along', async () => {
    const fixed = createRowSecret(newId())
    const browser = visitor()
    browser.setSecret(fixed)
    await browser.signIn('ada@example.com')
    expect(browser.secret()).not.toBe(fixed)
    expect(await sessionOf(fixed)).toBeUndefined()
  })

  it('upgrades the hash when the cost was raised, and works before and after', async () => {
    await server.stop()
    await server.start({ PASSWORD_COST: '11' })
    expect((await costs(server)).get('ada@example.com')).toBe('10')
    expect((await visitor().signIn('ada@example.com', 'not the password')).status).toBe(422)
    expect((await costs(server)).get('ada@example.com')).toBe('10')
    expect((await visitor().signIn('ada@example.com')).status).toBe(302)
    expect((await costs(server)).get('ada@example.com')).toBe('11')
    expect((await costs(server)).get('long@example.com')).toBe('10')
    expect((await visitor().signIn('ada@example.com')).status).toBe(302)
  })
})

/** The cost of each person's hash. */
async function costs(server: TestServer): Promise<Map<unknown, string>> {
  const { User, Password } = await dump(server)
  const emails = new Map(User!.map(({ id, email }) => [id, email]))
  return new Map(
    Password!.map(({ userId, hash }) => [emails.get(userId), String(hash).split('$')[2]!]),
  )
}

/** In seconds. */
const lifetimeOf = ({ createdAt, endsAt }: Record<string, unknown>) =>
  (Number(endsAt) - Number(createdAt)) / 1000

const namesOf = (headers: Headers) => [...headers.keys()].sort()

/** A page without what is another text in each answer. */
const withoutNonce = (html: string) =>
  html.replaceAll(/nonce="[^"]+"/g, '').replaceAll(/"?now\\?",\d+/g, '')
