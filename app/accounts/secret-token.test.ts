import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { bytesOfKey, createSecret, hashSecret, looksLikeSecret, secretKey } from './secret-token'

describe('text does not look like a secret', () => {
  const others = ['', 'a'.repeat(42), 'a'.repeat(44), `${'a'.repeat(42)}+`, `${'a'.repeat(43)}\n`]
  test.each([...others, null, undefined, 7, {}, ['a'.repeat(43)]])('when it is %j', (text) => {
    expect(looksLikeSecret(text)).toBe(false)
  })
})

describe('a secret', () => {
  test('is 32 bytes and looks like one', () => {
    const secret = createSecret()
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
    expect(looksLikeSecret(secret)).toBe(true)
  })

  test('is another one each time', () => {
    expect(new Set(Array.from({ length: 1_000 }, createSecret)).size).toBe(1_000)
  })

  test('is stored as its SHA-256, and found again by it', () => {
    const secret = createSecret()
    const sha256 = createHash('sha256').update(secret).digest()
    expect(Buffer.from(hashSecret(secret))).toEqual(sha256)
    expect(secretKey(secret)).toBe(sha256.toString('base64'))
    expect(bytesOfKey(secretKey(secret))).toEqual(hashSecret(secret))
  })
})
