import { describe, expect, test } from 'vitest'
import { SettingError } from './env'
import { examineSettings } from './examine-settings'

const LAN = { HOST: '0.0.0.0', ALLOW_HTTP: '1' }

describe('an examination of the settings', () => {
  test.each([
    [{ PORT: 'abc' }],
    [{ ORIGIN: 'accounts.example.com' }],
    [{ ORIGIN: 'ftp://example.com' }],
    [{ ORIGIN: 'https://example.com/app' }],
    [{ ORIGIN: 'http://accounts.example.com' }],
    [{ HOST: '0.0.0.0' }],
    [LAN],
    [{ ALLOW_HTTP: 'yes' }],
    [{ NODES: '2' }],
    [{ NODES: 'all' }],
    [{ SIGNUP: 'true' }],
    [{ TRUST_PROXY: 'true' }],
    [{ DATABASE_TIMEOUT: '1h' }],
    [{ DATABASE_CONNECTIONS: '0' }],
    [{ SESSION_IDLE: '14' }],
    [{ SESSION_KEPT: '1d', SESSION_BRIEF: '2d' }],
    [{ AUDIT_RETENTION: '30d' }],
    [{ PASSWORD_COST: '9' }],
    [{ LOG_LEVEL: 'loud' }],
  ])('names one wrong thing once, and all that is wrong beside it: %o', (wrong) => {
    const alone = examineSettings(() => wrong)
    expect(alone.problems).toHaveLength(1)
    expect(alone.env).toBeDefined()

    const another = 'PASSWORD_COST' in wrong ? { LOG_LEVEL: 'shy' } : { PASSWORD_COST: '99' }
    const both = examineSettings(() => ({ ...wrong, ...another }))
    expect(both.problems).toHaveLength(2)
  })

  test('knows no settings where the file with them cannot be read', () => {
    const problem = new SettingError('The file .env cannot be read: EACCES')
    const examined = examineSettings(() => {
      throw problem
    })
    expect(examined).toEqual({ problems: [problem], env: undefined })
  })
})
