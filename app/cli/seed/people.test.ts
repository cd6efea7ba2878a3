import { describe, expect, it } from 'vitest'
import { DEFAULT_SESSION_POLICY, idleExpiry, limitsAt } from '../../accounts/sessions/policy'
import { emailSchema, nameSchema } from '../../accounts/users/schemas'
import { inventPeople } from './people'

const now = new Date('2030-05-01T12:00:00Z')

function invent(count: number, seed = 1, administrators = true) {
  const people = inventPeople({ seed, now, administrators })
  return Array.from({ length: count }, () => people.next().value)
}

describe('invented people', () => {
  it('never share an e-mail address, however many there are', () => {
    const emails = invent(5_000).map(({ email }) => email)

    expect(new Set(emails).size).toBe(emails.length)
  })

  it('have names and addresses as the forms would have let them in', () => {
    for (const { name, email } of invent(500)) {
      expect(nameSchema.parse(name)).toBe(name)
      expect(emailSchema.parse(email)).toBe(email)
    }
  })

  it('have no session that has expired, began before the account, or is used in the future', () => {
    for (const { createdAt, sessions } of invent(500)) {
      for (const session of sessions) {
        const { endsAt } = limitsAt(session.createdAt, session, DEFAULT_SESSION_POLICY)
        const expiresAt = idleExpiry(session.lastSeenAt, endsAt, DEFAULT_SESSION_POLICY)
        const moments = [createdAt, session.createdAt, session.lastSeenAt, now, expiresAt]
        expect(moments).toEqual(moments.toSorted((a, b) => a.getTime() - b.getTime()))
      }
    }
  })

  it('have no sessions while they are disabled', () => {
    const disabled = invent(500).filter(({ disabledAt }) => disabledAt)

    expect(disabled.length).toBeGreaterThan(0)
    expect(disabled.flatMap(({ sessions }) => sessions)).toEqual([])
  })

  it('are the same for the same seed, and others for another', () => {
    expect(invent(100)).toEqual(invent(100))
    expect(invent(100, 2)).not.toEqual(invent(100))
  })

  it('begin with an administrator who may sign in', () => {
    expect(invent(1)).toMatchObject([{ role: 'admin', disabledAt: null }])
  })

  it('are the same people without administrators when those are not wanted', () => {
    const usersOnly = invent(2_000).map((person) => ({ ...person, role: 'user' }))

    expect(invent(2_000, 1, false)).toEqual(usersOnly)
  })
})
