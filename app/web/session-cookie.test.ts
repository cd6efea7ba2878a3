import { describe, expect, test } from 'vitest'
import { days, hours } from '~/accounts/time'
import { createSessionCookie } from './session-cookie'

const now = new Date('2030-05-01T12:00:00Z')
const session = (lifetime: number, kept: boolean) => ({
  id: 'x',
  secret: 's'.repeat(43),
  endsAt: new Date(now.getTime() + lifetime),
  kept,
})
const attributesOf = (line: string) => line.split('; ').slice(1).sort()

describe('on https', () => {
  const cookie = createSessionCookie('https://accounts.example.com')

  test('the session cookie is Secure, for our host alone, and scripts cannot read it', () => {
    const attributes = attributesOf(cookie.issue(session(hours(24), false), now))
    expect(attributes).toEqual(['HttpOnly', 'Path=/', 'SameSite=Lax', 'Secure'])
  })
})

describe('on plain http', () => {
  const cookie = createSessionCookie('http://localhost:3000')

  test('the session cookie ends with the browser unless the person wants to stay signed in', () => {
    expect(cookie.issue(session(hours(24), false), now)).not.toContain('Max-Age')
  })

  test('the session cookie lasts until the absolute limit when the person wants to stay signed in', () => {
    const attributes = attributesOf(cookie.issue(session(days(90), true), now))
    expect(attributes).toEqual(['HttpOnly', `Max-Age=${90 * 24 * 3600}`, 'Path=/', 'SameSite=Lax'])
  })

  test('the session cookie is taken away with the attributes that it was given', () => {
    expect(cookie.clear()).toMatch(/^latchkey-3000=;/)
    expect(attributesOf(cookie.clear())).toEqual([
      'HttpOnly',
      'Max-Age=0',
      'Path=/',
      'SameSite=Lax',
    ])
  })
})
