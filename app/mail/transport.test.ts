import { afterEach, describe, expect, test } from 'vitest'
import { startMailServer, type MailServer } from '../../tests/support/mail-server'
import { createSecret } from '~/accounts/secret-token'
import { createTransportOf, type Letter } from './transport'
import type { MailServer as ServerSettings } from './settings'

const ADA = { user: 'ada@example.org', pass: 'a pass/word: with @ # and ü' }
const FROM = { name: 'Latchkey', address: 'latchkey@example.org' }
/** Leads to this machine, and is not known to: as any other machine would be. */
const AWAY = '0.0.0.0'
const HERE = '127.0.0.1'

const LETTER: Letter = {
  ...{ id: 'some-id', to: { name: 'Ada', address: 'ada@example.com' }, date: new Date() },
  ...{ subject: 'Hello', text: 'Hello', html: '<p>Hello</p>' },
}

let server: MailServer
afterEach(() => server.close())

function transport(settings: Partial<ServerSettings> = {}) {
  const way = { host: HERE, port: server.port, secure: false, login: null, ...settings }
  return createTransportOf({ from: FROM, way }, 'accounts.example.org')
}
const deliver = (settings: Partial<ServerSettings> = {}) =>
  transport(settings).deliver(LETTER, AbortSignal.timeout(20_000))

describe('a password for a mail server', () => {
  test('is kept when the server is another machine and knows no TLS', async () => {
    server = await startMailServer({ login: ADA })
    const sent = await deliver({ host: AWAY, login: ADA })
    expect(sent).toMatchObject({ ok: false, final: false })
    expect(server.logins()).toBe(0)
    expect(server.mails).toEqual([])
  })

  test.each(['starttls', 'first'] as const)(
    'is kept when the certificate of another machine is not to be trusted (TLS: %s)',
    async (tls) => {
      server = await startMailServer({ login: ADA, tls })
      const sent = await deliver({ host: AWAY, login: ADA, secure: tls === 'first' })
      expect(sent).toMatchObject({
        ...{ ok: false, final: false },
        problem: expect.stringMatching(/certificate/) as string,
      })
      expect(server.logins()).toBe(0)
    },
  )

  test.each(['none', 'starttls', 'first'] as const)(
    'is given to a server on this machine, whatever its certificate (TLS: %s)',
    async (tls) => {
      server = await startMailServer({ login: ADA, tls })
      const sent = await deliver({ login: ADA, secure: tls === 'first' })
      expect(sent).toEqual({ ok: true })
      expect([server.logins(), server.mails.length]).toEqual([1, 1])
    },
  )

  test('that is wrong is said, is another time’s matter, and is in no word of it', async () => {
    const wrong = { ...ADA, pass: 'eight red bicycles' }
    const spellings = [
      wrong.pass,
      Buffer.from(wrong.pass).toString('base64'),
      Buffer.from(`\0${wrong.user}\0${wrong.pass}`).toString('base64'),
    ]
    server = await startMailServer({
      login: ADA,
      // At the end of what is kept of it, a part would be left.
      refusal: `Invalid login: ${spellings.join(' ')} ${'x'.repeat(440)} ${wrong.pass}`,
    })
    const sent = await deliver({ login: wrong })
    const examined = await transport({ login: wrong }).examine()
    expect(sent).toMatchObject({ ok: false, final: false })
    expect(server.mails).toEqual([])
    for (const problem of ['problem' in sent ? sent.problem : '', examined ?? '']) {
      expect(problem).toMatch(/535.*Invalid login/)
      for (const spelling of spellings) {
        expect(problem).not.toContain(spelling.replace(/=+$/, '').slice(0, 8))
      }
    }
  })
})

test('what a server says of a mail that it does not take has no secret of a link in it', async () => {
  server = await startMailServer()
  server.behave({ type: 'refuses', code: 550, at: 'content', names: 'links' })
  const secret = createSecret()
  const text = `Choose a password:\nhttps://accounts.example.org/password-link?token=${secret}\n`
  const signal = AbortSignal.timeout(20_000)
  const sent = await transport().deliver({ ...LETTER, text }, signal)
  const problem = expect.stringContaining('accounts.example.org/password-link') as string
  expect(sent).toMatchObject({ ok: false, final: true, problem })
  expect(JSON.stringify(sent)).not.toContain(secret)
})

describe('a mail without a login', () => {
  test('goes to a server that takes any, over TLS where it knows that', async () => {
    server = await startMailServer({ tls: 'starttls' })
    expect(await deliver()).toEqual({ ok: true })
    expect(await transport().examine()).toBeNull()
    expect(server.mails).toHaveLength(1)
  })

  test('is refused for now by one that wants a login', async () => {
    server = await startMailServer({ login: ADA })
    const problem = expect.stringContaining('530') as string
    expect(await deliver()).toMatchObject({ ok: false, final: false, problem })
    expect(server.mails).toEqual([])
  })
})
