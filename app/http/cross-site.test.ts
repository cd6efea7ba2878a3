import { describe, expect, test } from 'vitest'
import { isOwnRequest } from './cross-site'

const OURS = 'https://accounts.example.com'
const asks = (headers: Record<string, string>, method = 'POST') =>
  isOwnRequest({ method, headers }, OURS)

describe('refused is a request that changes something', () => {
  test.each(['cross-site', 'same-site', '', 'nonsense'])('from %s', (site) => {
    expect(asks({ 'sec-fetch-site': site })).toBe(false)
    expect(asks({ 'sec-fetch-site': site, origin: OURS })).toBe(false)
  })

  const foreign = [
    'https://evil.com',
    'null',
    '',
    `${OURS}.evil.com`,
    `${OURS}:8443`,
    'http://accounts.example.com',
    'https://example.com',
    'https://ACCOUNTS.example.com',
  ]
  test.each(foreign)('with the origin "%s"', (origin) => {
    expect(asks({ origin })).toBe(false)
  })

  test('that does not say where it is from', () => {
    expect(asks({})).toBe(false)
    expect(asks({ referer: `${OURS}/profile` })).toBe(false)
  })

  test.each(['PUT', 'PATCH', 'DELETE', 'post', 'FOO'])('by %s', (method) => {
    expect(asks({ origin: 'https://evil.com' }, method)).toBe(false)
  })

  test('with a header that only looks like a token', () => {
    expect(asks({ authorization: 'Basic eDp5' })).toBe(false)
    expect(asks({ authorization: 'Bearer' })).toBe(false)
  })
})

describe('accepted is', () => {
  test('what our own pages send', () => {
    expect(asks({ 'sec-fetch-site': 'same-origin' })).toBe(true)
    expect(asks({ 'sec-fetch-site': 'none' })).toBe(true)
    expect(asks({ origin: OURS })).toBe(true)
  })

  test.each(['GET', 'HEAD', 'OPTIONS'])('%s from anywhere, for it changes nothing', (method) => {
    expect(asks({ 'sec-fetch-site': 'cross-site' }, method)).toBe(true)
  })

  test('what a program sends with an API token', () => {
    expect(asks({ authorization: 'Bearer x', 'sec-fetch-site': 'cross-site' })).toBe(true)
  })
})
