import { expect, test } from 'vitest'
import { isDatabaseUnreachable, isDatabaseUnusable } from '../errors'
import { asOpeningError, asQueryError } from './errors'

test('a name server that does not answer makes the database unreachable, as one that does not know it', () => {
  for (const code of ['EAI_AGAIN', 'ENOTFOUND']) {
    const error = Object.assign(new Error(`getaddrinfo ${code} db.example.com`), { code })
    expect(asQueryError(error)).toSatisfy(isDatabaseUnreachable)
    expect(asOpeningError(error)).toSatisfy(isDatabaseUnusable)
  }
})
