import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseSettings, SettingError } from '../../app/server/env'
import { freePort, startServer, type TestServer } from '../support/server'
import { refusal, startInVain } from '../support/start-in-vain'
import { createVisitor } from '../support/visitor'

const HTTPS = { ORIGIN: 'https://accounts.example.com' }
const LAN = { HOST: '0.0.0.0', ALLOW_HTTP: '1' }

/** Each wrong in one way, with the setting that the sentence must name and what it must propose. */
const wrong: [settings: Record<string, string>, sentence: RegExp][] = [
  [{ PORT: 'abc' }, /^PORT must be a number from 1 to 65535, not "abc"\.$/],
  [{ PORT: '0' }, /^PORT must be/],
  [{ PORT: '65536' }, /^PORT must be/],
  [{ PORT: '3e3' }, /^PORT must be/],
  [{ PORT: '-1' }, /^PORT must be/],
  [{ ORIGIN: 'accounts.example.com' }, /^ORIGIN must be .*like https:\/\/accounts\.example\.com/],
  [{ ORIGIN: 'ftp://example.com' }, /^ORIGIN must start with https:\/\/ or http:\/\//],
  [{ ORIGIN: 'https://example.com/app' }, /^ORIGIN must be .* without a path/],
  [{ ORIGIN: 'https://me:secret@example.com' }, /^ORIGIN must be .* without a path, a name/],
  [{ ORIGIN: 'https://example.com?x=1' }, /^ORIGIN must be .* or a question mark/],
  [{ ORIGIN: 'javascript:alert(1)' }, /^ORIGIN must/],
  [{ ORIGIN: 'http://accounts.example.com' }, /^Passwords would cross .*ORIGIN.*ALLOW_HTTP=1/],
  [{ ORIGIN: 'http://localhost.example.com' }, /^Passwords would cross/],
  [{ HOST: '0.0.0.0' }, /^Passwords would cross/],
  [LAN, /localhost\. Set ORIGIN too, as in ORIGIN=http:\/\/<address of this machine>:3000$/],
  [{ ...LAN, PORT: '8080' }, /ORIGIN=http:\/\/<address of this machine>:8080$/],
  [{ ALLOW_HTTP: 'yes' }, /^ALLOW_HTTP must be one of 0, 1, not "yes"\.$/],
  [{ SITE_NAME: 'x'.repeat(41) }, /^SITE_NAME must be at most 40 characters .* and has 41\.$/],
  [{ SITE_NAME: 'Lind\nfamily' }, /^SITE_NAME must be .* plain text/],
  [{ SIGNUP: 'true' }, /^SIGNUP must be one of open, closed, not "true"\.$/],
  [
    { TRUST_PROXY: 'true' },
    /^TRUST_PROXY must be a number of proxies from 0 to 9, or their addresses/,
  ],
  [{ TRUST_PROXY: '10' }, /^TRUST_PROXY must be/],
  [{ TRUST_PROXY: '10.0.0.0/99' }, /^TRUST_PROXY must be/],
  [{ SESSION_IDLE: '14' }, /^SESSION_IDLE must be a whole number and a unit .* like 14d/],
  [{ SESSION_KEPT: '401d' }, /^SESSION_KEPT must be .* at most 400d/],
  [{ SESSION_BRIEF: '0s' }, /^SESSION_BRIEF must be/],
  [{ SESSION_IDLE: '1.5d' }, /^SESSION_IDLE must be/],
  [
    { AUDIT_RETENTION: '30d' },
    /^AUDIT_RETENTION must be a whole number .* at least 90d .*like 730d/,
  ],
  [{ AUDIT_RETENTION: '2 years' }, /^AUDIT_RETENTION must be .*, not "2 years"\.$/],
  [{ PASSWORD_COST: '9' }, /^PASSWORD_COST must be a number from 10 to 15, not "9"\.$/],
  [{ PASSWORD_COST: '16' }, /^PASSWORD_COST must be/],
  [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL must be one of fatal, error/],
]

describe('a setting', () => {
  it.each(wrong)(
    'that is wrong is refused by a sentence with the fix: %o',
    (settings, sentence) => {
      const attempt = () => parseSettings(settings)
      expect(attempt).toThrow(SettingError)
      expect(attempt).toThrow(sentence)
    },
  )

  it.each<[Record<string, string>, Record<string, unknown>]>([
    [{}, { host: '127.0.0.1', port: 3000, origin: 'http://localhost:3000', signUp: 'closed' }],
    [{ PORT: ' 8080 ' }, { port: 8080, origin: 'http://localhost:8080' }],
    [{ ORIGIN: 'HTTPS://Accounts.Example.com:443/' }, { origin: HTTPS.ORIGIN }],
    [{ ...HTTPS, HOST: '0.0.0.0' }, { host: '0.0.0.0' }],
    [{ ...LAN, ORIGIN: 'http://192.168.1.20:3000' }, { origin: 'http://192.168.1.20:3000' }],
    [{ ...LAN, ORIGIN: 'http://localhost:3000' }, { origin: 'http://localhost:3000' }],
    [{ HOST: '::1', ORIGIN: 'http://[::1]:3000' }, { origin: 'http://[::1]:3000' }],
    [{ TRUST_PROXY: '0' }, { trustProxy: null }],
    [{ TRUST_PROXY: '2' }, { trustProxy: 2 }],
    [{ TRUST_PROXY: 'loopback, 10.0.0.0/8' }, { trustProxy: ['loopback', '10.0.0.0/8'] }],
    [{ SIGNUP: '' }, { signUp: 'closed' }],
    [{ SIGNUP: 'open' }, { signUp: 'open' }],
  ])('that is right is understood: %o', (settings, meant) => {
    expect(parseSettings(settings)).toMatchObject(meant)
  })
})

describe('a start', () => {
  let server: TestServer
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'latchkey-settings-'))
    server = await startServer()
  })
  afterAll(async () => {
    await server.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  const expectRefusal = async (settings: Record<string, string>, sentence: RegExp) =>
    expect(await startInVain(folder, settings)).toEqual(refusal(sentence))

  it('with a wrong setting ends with its sentence, and touches nothing', async () => {
    const PORT = String(await freePort())
    await expectRefusal({ PORT, SIGNUP: 'maybe' }, /^SIGNUP must be one of open, closed/)
    expect(existsSync(path.join(folder, 'data'))).toBe(false)
  })

  it('with a wrong setting in the .env file ends alike, unless the environment knows better', async () => {
    const file = path.join(folder, '.env')
    writeFileSync(file, 'SIGNUP=maybe\nLOG_LEVEL="silent"\n')
    await expectRefusal({ PORT: '3000' }, /^SIGNUP must be one of/)
    await expectRefusal({ PORT: '70000', SIGNUP: 'open' }, /^PORT must be/)
    rmSync(file)
  })

  it('with a misspelt setting in the .env file goes on, and says so in the log with the settings there are', async () => {
    const file = path.join(folder, '.env')
    writeFileSync(file, 'SINGUP=open\n')
    // The port is taken, so that the start ends by itself.
    const { errors } = await startInVain(folder, { PORT: String(server.port), HTTP_PROXYY: 'x' })
    rmSync(file)
    const [line, ...more] = errors.trim().split('\n')
    expect(JSON.parse(line!)).toMatchObject({
      msg: expect.stringMatching(/^\.env sets SINGUP, which is no setting\..* SIGNUP,/) as string,
    })
    expect(more).toEqual([expect.stringMatching(/^Port \d+ is in use/)])
  })

  it('on a port that is taken says so', async () => {
    const PORT = String(server.port)
    await expectRefusal({ PORT }, /^Port \d+ is in use\. Stop what uses it, or set PORT/)
    expect(existsSync(path.join(folder, 'data'))).toBe(false)
  })

  it('on an address that is not of this machine says so', async () => {
    const settings = { ...HTTPS, PORT: String(await freePort()), HOST: '192.0.2.1' }
    await expectRefusal(settings, /^Cannot listen on HOST 192\.0\.2\.1/)
  })

  it('that goes well says in one line where it listens, which a proxy has to be told', async () => {
    const [line, ...more] = server.output().trimEnd().split('\n')
    expect(line).toMatch(
      new RegExp(
        `^Latchkey is ready and listens at 127\\.0\\.0\\.1:${server.port}\\. Create the first`,
      ),
    )
    expect(more).toEqual([])
    await createVisitor(server.origin).setUp(server.setUpToken(), 'ada@example.com')
    await server.stop()
    await server.start({ HOST: '::1' })
    expect(server.output()).toBe(
      `Latchkey is ready at ${server.origin} and listens at [::1]:${server.port}\n`,
    )
  })
})
