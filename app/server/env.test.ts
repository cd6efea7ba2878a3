import { describe, expect, test } from 'vitest'
import { days, minutes, seconds } from '~/accounts/time'
import { parseSettings, SettingError } from './env'

describe('a wrong setting is refused with a sentence that names the fix,', () => {
  const wrong = [
    ['PORT', 'http', 'PORT must be a number from 1 to 65535, not "http".'],
    ['PORT', '0', 'PORT must be a number from 1 to 65535'],
    ['PORT', '65536', 'PORT must be a number from 1 to 65535'],
    ['PORT', '-1', 'PORT must be a number from 1 to 65535'],
    ['PORT', '3e3', 'PORT must be a number from 1 to 65535'],
    ['NODES', '0', 'NODES must be a number from 1 to 64, not "0".'],
    ['NODES', '65', 'NODES must be a number from 1 to 64, not "65".'],
    ['NODES', 'all', 'NODES must be a number from 1 to 64, not "all".'],
    ['NODES', '2', 'NODES=2 needs PostgreSQL, since an SQLite file is for one process. Let'],
    ['DATABASE_TIMEOUT', '0s', 'DATABASE_TIMEOUT must be a whole number and a unit'],
    ['DATABASE_TIMEOUT', '6s', 'at least 1s and at most 5s, like 2s, not "6s".'],
    ['DATABASE_CONNECTIONS', '0', 'DATABASE_CONNECTIONS must be a number from 1 to 500'],
    ['ORIGIN', 'accounts.example.com', 'ORIGIN must be scheme and host, like https://'],
    ['ORIGIN', 'ftp://example.com', 'ORIGIN must start with https:// or http://, not "ftp:".'],
    ['ORIGIN', 'https://example.com/accounts', 'without a path, a name or a question mark.'],
    ['ORIGIN', 'https://ada@example.com', 'without a path, a name or a question mark.'],
    ['ORIGIN', 'https://example.com?x', 'without a path, a name or a question mark.'],
    ['ORIGIN', 'https://*.example.com', 'like https://accounts.example.com, not "https://*'],
    ['ORIGIN', 'https://a.example,b.example', 'like https://accounts.example.com, not "'],
    ['ORIGIN', 'https://', 'like https://accounts.example.com, not "https://".'],
    ['ORIGIN', 'http://accounts.example.com', 'set ALLOW_HTTP=1 if you accept that.'],
    ['HOST', '0.0.0.0', 'Set ORIGIN to the https address under which your proxy serves'],
    ['ALLOW_HTTP', 'yes', 'ALLOW_HTTP must be one of 0, 1, not "yes".'],
    ['SIGNUP', 'maybe', 'SIGNUP must be one of open, closed, not "maybe".'],
    [
      'TRUST_PROXY',
      '10',
      'TRUST_PROXY must be a number of proxies from 0 to 9, or their addresses',
    ],
    ['TRUST_PROXY', '1,2', 'TRUST_PROXY must be a number of proxies from 0 to 9'],
    [
      'TRUST_PROXY',
      'proxy',
      'TRUST_PROXY must be a number of proxies from 0 to 9, or their addresses',
    ],
    ['TRUST_PROXY', '10.0.0.0/99', 'like 10.0.0.0/8,loopback, not "10.0.0.0/99".'],
    ['SESSION_IDLE', '14', 'SESSION_IDLE must be a whole number and a unit (s, m, h or d)'],
    ['SESSION_KEPT', '401d', 'SESSION_KEPT must be a whole number and a unit'],
    ['SESSION_BRIEF', '0h', 'SESSION_BRIEF must be a whole number and a unit'],
    ['SESSION_IDLE', '1.5d', 'at most 400d, like 14d, not "1.5d".'],
    ['AUDIT_RETENTION', '89d', 'AUDIT_RETENTION must be a whole number and a unit (s, m, h or d)'],
    ['AUDIT_RETENTION', '2159h', 'at least 90d and at most 36500d, like 730d, not "2159h".'],
    ['AUDIT_RETENTION', '2y', 'at least 90d and at most 36500d, like 730d, not "2y".'],
    ['AUDIT_RETENTION', 'for ever', 'AUDIT_RETENTION must be a whole number and a unit'],
    ['AUDIT_RETENTION', '36501d', 'AUDIT_RETENTION must be a whole number and a unit'],
    ['AUDIT_RETENTION', '-730d', 'AUDIT_RETENTION must be a whole number and a unit'],
    ['PASSWORD_COST', '9', 'PASSWORD_COST must be a number from 10 to 15, not "9".'],
    ['PASSWORD_COST', '16', 'PASSWORD_COST must be a number from 10 to 15'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL must be one of fatal, error, warn'],
  ] as const
  test.each(wrong)('as %s=%s is', (name, value, sentence) => {
    expect(() => parseSettings({ [name]: value })).toThrow(SettingError)
    expect(() => parseSettings({ [name]: value })).toThrow(sentence)
  })
})

describe('settings of mail', () => {
  const LIKE = 'SMTP_URL must be like smtp://user:password@mail.example.com:587'
  const MAIL_FROM = 'Latchkey <latchkey@example.com>'
  test.each([
    ['mail.example.com', LIKE],
    ['https://mail.example.com', LIKE],
    ['smtp://', LIKE],
    ['smtp://mail.example.com/path', 'with nothing behind the port.'],
    ['smtp://mail.example.com?tls=no', 'with nothing behind the port.'],
    ['smtp://me:secret#word@mail.example.com', LIKE],
    ['smtp://me:secret/word@mail.example.com', LIKE],
    ['smtp://me:100%secret@mail.example.com', 'SMTP_URL has a % in its user or password'],
    ['smtp://:secret@mail.example.com', 'SMTP_URL has a password and no user.'],
    ['smtp://mail.example.com:70000', LIKE],
  ])('are refused by a sentence that does not repeat them: SMTP_URL=%s', (SMTP_URL, sentence) => {
    const attempt = () => parseSettings({ SMTP_URL, MAIL_FROM })
    expect(attempt).toThrow(SettingError)
    expect(attempt).toThrow(sentence)
    expect(attempt).not.toThrow('secret')
  })

  test.each([
    'Latchkey',
    'latchkey@',
    'Latchkey <latchkey>',
    'a@example.com, b@example.com',
    'Latchkey <a@example.com> <b@example.com>',
    'Latchkey\r\nBcc: <eve@example.com>',
    'Latch\u200Bkey <latchkey@example.com>',
    '"a b"@example.com',
  ])('are refused when mails could not be from it: MAIL_FROM=%j', (text) => {
    const attempt = () => parseSettings({ SMTP_URL: 'smtp://localhost', MAIL_FROM: text })
    expect(attempt).toThrow(/^MAIL_FROM must be an address, or a name and an address/)
  })

  test('are refused without MAIL_FROM beside SMTP_URL', () => {
    expect(() => parseSettings({ SMTP_URL: 'smtp://localhost' })).toThrow(
      /^SMTP_URL needs MAIL_FROM/,
    )
  })

  test('are none where nothing is said, and a folder wins over a server', () => {
    expect(parseSettings({ MAIL_FROM }).mail).toBeNull()
    const both = { SMTP_URL: 'smtp://localhost', MAIL_FROM, MAIL_FOLDER: 'mails' }
    expect(parseSettings(both).mail).toMatchObject({ way: { folder: 'mails' } })
  })

  test.each([
    [
      'smtp://mail.example.com',
      { host: 'mail.example.com', port: 587, secure: false, login: null },
    ],
    ['smtps://mail.example.com', { port: 465, secure: true }],
    ['smtp://[::1]:25', { host: '::1', port: 25 }],
    ['smtp://a%40b:c%2F%23%25@localhost', { login: { user: 'a@b', pass: 'c/#%' } }],
  ])('are understood: %s', (SMTP_URL, way) => {
    expect(parseSettings({ SMTP_URL, MAIL_FROM }).mail).toMatchObject({
      way,
      from: { name: 'Latchkey', address: 'latchkey@example.com' },
    })
  })
})

describe('plain http', () => {
  test.each([
    'http://localhost:3000',
    'http://127.0.0.1',
    'http://[::1]:3000',
    'http://a.localhost',
  ])('is accepted on this machine alone: %s', (origin) => {
    expect(parseSettings({ ORIGIN: origin }).origin).toBe(origin)
  })

  test.each(['http://localhost.evil.com', 'http://127.0.0.1.evil.com', 'http://192.168.1.2'])(
    'is refused beyond this machine: %s',
    (origin) => {
      expect(() => parseSettings({ ORIGIN: origin })).toThrow('unencrypted')
      expect(parseSettings({ ORIGIN: origin, ALLOW_HTTP: '1' }).origin).toBe(origin)
    },
  )
})

describe('ORIGIN is kept in the one way in which browsers write it,', () => {
  test.each([
    ['https://a.example:443', 'https://a.example'],
    ['https://a.example./', 'https://a.example'],
    ['HTTPS://Accounts.Example', 'https://accounts.example'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['https://BÜCHER.example.:8443', 'https://xn--bcher-kva.example:8443'],
    ['http://localhost:80', 'http://localhost'],
    ['http://localhost.:3000', 'http://localhost:3000'],
    ['http://[0:0:0::1]:3000', 'http://[::1]:3000'],
  ])('also when it is set as %s', (text, origin) => {
    expect(parseSettings({ ORIGIN: text }).origin).toBe(origin)
  })
})

describe('settings', () => {
  test('that are missing or empty have their defaults', () => {
    const defaults = parseSettings({})
    expect(defaults).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      nodes: 1,
      origin: 'http://localhost:3000',
      isOriginSet: false,
      databaseUrl: 'file:./data/latchkey.db',
      databaseLimits: { statementTimeout: seconds(2), connections: 10 },
      signUp: 'closed',
      factorPolicy: 'optional',
      trustProxy: null,
      passwordCost: 11,
      logLevel: 'info',
      sessionPolicy: { idleTimeout: days(14), keptLimit: days(90), briefLimit: days(1) },
      auditRetention: days(730),
    })
    expect(parseSettings({ PORT: '', ORIGIN: ' ', SIGNUP: '' })).toEqual(defaults)
  })

  test('are read from the environment', () => {
    const env = parseSettings({
      PORT: '8080',
      HOST: '10.0.0.5',
      ORIGIN: 'https://accounts.example.com/',
      DATABASE_URL: 'file:/var/lib/latchkey.db',
      SIGNUP: 'closed',
      TRUST_PROXY: '10.0.0.0/8, loopback',
      SESSION_IDLE: '30m',
      SESSION_BRIEF: '45s',
    })
    expect(env).toMatchObject({
      port: 8080,
      origin: 'https://accounts.example.com',
      signUp: 'closed',
      factorPolicy: 'optional',
      trustProxy: ['10.0.0.0/8', 'loopback'],
      sessionPolicy: { idleTimeout: minutes(30), briefLimit: seconds(45) },
    })
  })

  test('allow several nodes on PostgreSQL, and one on SQLite', () => {
    const shared = { DATABASE_URL: 'postgresql://localhost/latchkey' }
    expect(parseSettings({ ...shared, NODES: '64' }).nodes).toBe(64)
    expect(parseSettings({ ...shared }).nodes).toBe(1)
    expect(parseSettings({ NODES: '1' }).nodes).toBe(1)
  })

  test.each([
    ['90d', days(90)],
    ['2160h', days(90)],
    ['401d', days(401)],
    ['36500d', days(36_500)],
  ])('AUDIT_RETENTION=%s may be longer than a cookie lives', (text, retention) => {
    expect(parseSettings({ AUDIT_RETENTION: text }).auditRetention).toBe(retention)
  })

  test.each([
    ['0', null],
    ['1', 1],
    ['9', 9],
  ])('trust as many hops as TRUST_PROXY=%s says: %s', (text, hops) => {
    expect(parseSettings({ TRUST_PROXY: text }).trustProxy).toBe(hops)
  })
})
