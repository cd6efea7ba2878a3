import { compareSync, getRounds } from 'bcryptjs'
import { Piscina } from 'piscina'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { oldHash } from '../../../tests/support/old-hash'
import { CHEAP_PASSWORDS } from '../../../tests/support/services'
import { createPasswords, PasswordsBusy, type Passwords } from './passwords'

let passwords: Passwords
beforeAll(async () => {
  passwords = createPasswords({ cost: CHEAP_PASSWORDS })
})
afterAll(() => passwords.close())

const FACE = '😀'

describe('a password is not mistaken', () => {
  const pairs = {
    'one in other letters': ['Correct Horse', 'correct horse'],
    'one with a space behind it': ['correct horse', 'correct horse '],
    'one that differs in its 73rd byte': ['x'.repeat(72) + 'a', 'x'.repeat(72) + 'b'],
    'one that differs in its last of 256 characters': [
      'x'.repeat(255) + 'a',
      'x'.repeat(255) + 'b',
    ],
    'one with a face less': [FACE.repeat(64), FACE.repeat(63)],
    'one that goes on after a NUL': ['before\0after', 'before\0other'],
    'one without its accent': ['café', 'cafe'],
    'its compatibility form': ['ﬁsh and chips', 'fish and chips'],
    nothing: ['correct horse', ''],
  }
  test.each(Object.entries(pairs))('for %s', async (_, [chosen = '', given = '']) => {
    const hash = await passwords.hash(chosen)
    expect(await passwords.verify(given, hash)).toEqual({ matches: false })
    expect(await passwords.verify(chosen, hash)).toEqual({ matches: true, outdated: false })
  })
})

test('nothing is right without a hash, not even what nobody could guess', async () => {
  expect(await passwords.verify('', undefined)).toEqual({ matches: false })
  expect(await passwords.verify('correct horse', undefined)).toEqual({ matches: false })
})

describe('checking a wrong password', () => {
  const run = vi.spyOn(Piscina.prototype, 'run')
  afterEach(() => run.mockClear())

  /** Rounds of bcrypt that the worker was asked for. */
  const roundsAsked = () => {
    const { texts, hash, fillers } = run.mock.lastCall![0] as CompareJob
    const rounds = [hash, ...fillers].map((one) => 2 ** getRounds(one))
    return texts.length * rounds.reduce((total, one) => total + one)
  }
  type CompareJob = { texts: string[]; hash: string; fillers: string[] }

  test.each([
    ['after the cost was raised', { cost: 7, highestStored: 6 }, 2 ** 7],
    ['after the cost was lowered', { cost: 5, highestStored: 7 }, 2 ** 7],
    ['on a new installation', { cost: 7, highestStored: 0 }, 2 ** 7],
  ])('takes the same work for everybody, and for nobody, %s', async (_, costs, work) => {
    const changed = createPasswords(costs)
    for (const cost of [4, 5, 6, 7]) {
      await changed.verify('wrong', oldHash('correct horse', cost))
      expect(roundsAsked()).toBe(work)
    }
    await changed.verify('wrong', undefined)
    expect(roundsAsked()).toBe(work)
    await changed.close()
  })

  test('takes the same work for everybody in whatever form it is typed', async () => {
    for (const [typed, forms] of [
      ['wrong', 1],
      ['é', 2],
      ['e\u0301', 2],
      ['é e\u0301', 3],
    ] as const) {
      for (const hash of [oldHash('correct horse'), undefined]) {
        await passwords.verify(typed, hash)
        expect(roundsAsked()).toBe(forms * 2 ** CHEAP_PASSWORDS)
      }
    }
  })
})

describe('a password opens an account in whatever Unicode form it is sent', () => {
  const forms = ['Tiếng Việt', '한국어', 'café'].flatMap((text) => [
    [text.normalize('NFC'), text.normalize('NFD')],
    [text.normalize('NFD'), text.normalize('NFC')],
  ])
  test.each(forms)('when it was chosen as "%s" and is sent as "%s"', async (chosen, sent) => {
    const hash = await passwords.hash(chosen)
    expect(await passwords.verify(sent, hash)).toEqual({ matches: true, outdated: false })
  })

  test.each(forms)('when its hash was made of "%s" as it was', async (chosen, sent) => {
    for (const text of [chosen, sent]) {
      const outdated = chosen !== chosen.normalize('NFC')
      expect(await passwords.verify(text, oldHash(chosen))).toEqual({ matches: true, outdated })
    }
  })

  test('when its hash is of what is neither composed nor decomposed, as some keyboards send it', async () => {
    const vietnamese = 'ê\u0301'
    const verdict = await passwords.verify(vietnamese, oldHash(vietnamese))
    expect(verdict).toEqual({ matches: true, outdated: true })
  })
})

test('equal passwords have different hashes, made at the cost that was asked for', async () => {
  const [one, other] = await Promise.all([passwords.hash('same'), passwords.hash('same')])
  expect(one).not.toBe(other)
  expect(one).toMatch(/^\$2[aby]\$04\$/)
})

test('a hash is not bcrypt of the password itself', async () => {
  expect(compareSync('correct horse', await passwords.hash('correct horse'))).toBe(false)
})

test('a hash of another cost is outdated, higher or lower', async () => {
  for (const cost of [CHEAP_PASSWORDS + 1, CHEAP_PASSWORDS + 2]) {
    const hash = oldHash('x', cost)
    expect(await passwords.verify('x', hash)).toEqual({ matches: true, outdated: true })
    const raised = createPasswords({ cost: cost + 1 })
    expect(await raised.verify('x', hash)).toEqual({ matches: true, outdated: true })
    await raised.close()
  }
})

test('when too many passwords wait to be checked, the next are turned away and the others are answered', async () => {
  const asked = Array.from({ length: 300 }, () => passwords.hash('x'))
  const results = await Promise.allSettled(asked)
  const turnedAway = results.filter(({ status }) => status === 'rejected')
  expect(turnedAway.length).toBeGreaterThan(0)
  expect(turnedAway.length).toBeLessThan(300)
  for (const result of turnedAway) {
    expect((result as PromiseRejectedResult).reason).toBeInstanceOf(PasswordsBusy)
  }
})
