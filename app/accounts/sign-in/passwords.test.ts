import { compareSync } from 'bcryptjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPasswords, PasswordsBusy, type Passwords } from './passwords'

let passwords: Passwords
beforeAll(async () => {
  passwords = await createPasswords({ cost: 4 })
})
afterAll(() => passwords.close())

const FACE = '😀'

describe('a password is not mistaken for', () => {
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
    'the same letters, composed otherwise': ['café', 'cafe\u0301'],
    nothing: ['correct horse', ''],
  }
  test.each(Object.entries(pairs))('%s', async (_, [chosen, given]) => {
    const hash = await passwords.hash(chosen!)
    expect(await passwords.verify(given!, hash)).toBe(false)
    expect(await passwords.verify(chosen!, hash)).toBe(true)
  })
})

describe('without a hash', () => {
  test('nothing is right, not even what nobody could guess', async () => {
    expect(await passwords.verify('', undefined)).toBe(false)
    expect(await passwords.verify('correct horse', undefined)).toBe(false)
  })

  test('the work is that of a real one', async () => {
    const costly = await createPasswords({ cost: 9 })
    const hash = await costly.hash('correct horse')
    const known = await timed(() => costly.verify('wrong', hash))
    const unknown = await timed(() => costly.verify('wrong', undefined))
    await costly.close()
    expect(unknown).toBeGreaterThan(known / 4)
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
  const other = await createPasswords({ cost: 5 })
  const hash = await other.hash('x')
  await other.close()
  expect(passwords.isOutdated(hash)).toBe(true)
  expect(passwords.isOutdated(await passwords.hash('x'))).toBe(false)
})

test('when too many wait, the next are turned away and the others are answered', async () => {
  const asked = Array.from({ length: 300 }, () => passwords.hash('x'))
  const results = await Promise.allSettled(asked)
  const turnedAway = results.filter(({ status }) => status === 'rejected')
  expect(turnedAway.length).toBeGreaterThan(0)
  expect(turnedAway.length).toBeLessThan(300)
  for (const result of turnedAway) {
    expect((result as PromiseRejectedResult).reason).toBeInstanceOf(PasswordsBusy)
  }
})

async function timed(work: () => Promise<unknown>) {
  const began = performance.now()
  await work()
  return performance.now() - began
}
