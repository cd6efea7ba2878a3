import { expect, test, vi } from 'vitest'
import { openTemporary } from './fixtures'

const WINDOW = 60_000

test('a counter counts up and down, never below zero, until the window of its first count is over', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 })
  try {
    const { count } = await openTemporary()
    const expiresAt = new Date(1_000_000 + WINDOW)
    expect(await count('k', 1, WINDOW)).toEqual({ points: 1, expiresAt })
    vi.setSystemTime(1_000_000 + WINDOW - 1)
    expect(await count('k', 2, WINDOW)).toEqual({ points: 3, expiresAt })
    expect(await count('k', -5, WINDOW)).toEqual({ points: 0, expiresAt })
    expect(await count('another', -1, WINDOW)).toMatchObject({ points: 0 })
    await count('k', 4, WINDOW)
    vi.setSystemTime(1_000_000 + WINDOW)
    const again = new Date(1_000_000 + 2 * WINDOW)
    expect(await count('k', 1, WINDOW)).toEqual({ points: 1, expiresAt: again })
  } finally {
    vi.useRealTimers()
  }
})

test('a counter loses none of many counts at once', async () => {
  const { count } = await openTemporary()
  const results = await Promise.all(Array.from({ length: 50 }, () => count('k', 1, WINDOW)))
  expect(results.map(({ points }) => points).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 50 }, (_, index) => index + 1),
  )
})

test('a count is no part of a transaction that is open meanwhile', async () => {
  const { count, transaction } = await openTemporary()
  let counted: Promise<unknown> | undefined
  const failing = transaction(async (tx) => {
    await tx.user.count()
    counted = count('k', 1, WINDOW)
    throw new Error('changed my mind')
  })
  await expect(failing).rejects.toThrow('changed my mind')
  await counted
  expect(await count('k', 1, WINDOW)).toMatchObject({ points: 2 })
})
