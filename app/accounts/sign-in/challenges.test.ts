import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../../../tests/support/fake-clock'
import { minutes, seconds } from '../time'
import { CHALLENGE_LIFETIME, createChallenges, type Ceremony } from './challenges'

const clock = createFakeClock()
const database = { identity: 'one database' }
const challenges = createChallenges({ database, clock })

const CEREMONY: Ceremony = { purpose: 'sign-in', browser: 'this-browser', about: null }

describe('a challenge', () => {
  it.each<[string, Partial<Ceremony>]>([
    ['another browser', { browser: 'another-browser' }],
    ['another purpose', { purpose: 'step-up' }],
    ['a session, where it was made for none', { about: 'a-session' }],
  ])('is foreign to %s', (_, other) => {
    const challenge = challenges.create(CEREMONY)
    expect(challenges.judge(challenge, { ...CEREMONY, ...other })).toBe('foreign')
  })

  it('is foreign to another session than its own', () => {
    const challenge = challenges.create({ ...CEREMONY, purpose: 'register', about: 'one' })
    const other: Ceremony = { ...CEREMONY, purpose: 'register', about: 'other' }
    expect(challenges.judge(challenge, other)).toBe('foreign')
  })

  it('is foreign to another database', () => {
    const elsewhere = createChallenges({ database: { identity: 'another database' }, clock })
    expect(elsewhere.judge(challenges.create(CEREMONY), CEREMONY)).toBe('foreign')
  })

  it.each([0, 15, 16, 21, 22, 53])('is foreign with another byte %i', (index) => {
    const bytes = Buffer.from(challenges.create(CEREMONY), 'base64url')
    bytes[index]! ^= 1
    expect(challenges.judge(bytes.toString('base64url'), CEREMONY)).toBe('foreign')
  })

  it.each(['', 'x', 'A'.repeat(72), 'A'.repeat(200), 'no base64url at all: €'])(
    'is not made up: %s',
    (text) => expect(challenges.judge(text, CEREMONY)).toBe('foreign'),
  )

  it('is over after five minutes', () => {
    const challenge = challenges.create(CEREMONY)
    clock.pass(CHALLENGE_LIFETIME - seconds(1))
    expect(challenges.judge(challenge, CEREMONY)).toBe('good')
    clock.pass(seconds(1))
    expect(CHALLENGE_LIFETIME).toBe(minutes(5))
    expect(challenges.judge(challenge, CEREMONY)).toBe('over')
  })

  it('is good on every node of its database, and never the same', () => {
    const [one, other] = [challenges.create(CEREMONY), challenges.create(CEREMONY)]
    expect(createChallenges({ database, clock }).judge(one, CEREMONY)).toBe('good')
    expect(one).not.toBe(other)
  })
})
