import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { isDatabaseUnreachable, isDatabaseUnusable } from '../errors'
import { asOpeningError, asQueryError } from './errors'
import { openPostgres } from './open'

test('a name server that does not answer makes the database unreachable, as one that does not know it', () => {
  for (const code of ['EAI_AGAIN', 'ENOTFOUND']) {
    const error = Object.assign(new Error(`getaddrinfo ${code} db.example.com`), { code })
    expect(asQueryError(error)).toSatisfy(isDatabaseUnreachable)
    expect(asOpeningError(error)).toSatisfy(isDatabaseUnusable)
  }
})

test('an address with a password that is not encoded is refused with a sentence that does not repeat it', async () => {
  const clock = { now: () => new Date(), monotonic: () => performance.now() }
  const url = 'postgresql://latchkey:secret#1@db.example.com/latchkey'
  const error = await openPostgres({ url, clock }).catch((error: unknown) => error)
  expect(error).toSatisfy(isDatabaseUnusable)
  expect((error as Error).message).toMatch(/^DATABASE_URL must be like .* # as %23, @ as %40\.$/)
  expect(inspect(error)).not.toContain('secret')
})
