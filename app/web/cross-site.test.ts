import { describe, expect, test } from 'vitest'
import { isOwnRequest } from './cross-site'

const OURS = 'https://accounts.example.com'
const asks = (headers: Record<string, string>, method = 'POST') =>
  isOwnRequest({ method, headers }, OURS)

describe('a request that could change something is refused', () => {
  const notOurs = [
    'cross-site',
    'same-site',
    '',
    'nonsense',
    'Same-Origin',
    '"same-origin"',
    'same-origin, same-origin',
    'none, cross-site',
  ]
  test.each(notOurs)('with the Sec-Fetch-Site "%s", whatever its Origin', (site) => {
    expect(asks({ 'sec-fetch-site': site })).toBe(false)
    expect(asks({ 'sec-fetch-site': site, origin: OURS })).toBe(false)
  })

  const foreign = [
    'https://evil.com',
    'null',
    '',
    'nonsense',
    `${OURS}/`,
    `${OURS}, ${OURS}`,
    `${OURS}.evil.com`,
    `${OURS}:8443`,
    'http://accounts.example.com',
    'https://example.com',
  ]
  test.each(foreign)('with the Origin "%s", whatever its Sec-Fetch-Site', (origin) => {
    expect(asks({ origin })).toBe(false)
    expect(asks({ origin, 'sec-fetch-site': 'same-origin' })).toBe(false)
    expect(asks({ origin, 'sec-fetch-site': 'none' })).toBe(false)
  })

  test('when it does not say where it is from', () => {
    expect(asks({})).toBe(false)
    expect(asks({ referer: `${OURS}/profile` })).toBe(false)
  })

  test.each(['PUT', 'PATCH', 'DELETE', 'post', 'get', 'FOO'])(
    'by the method %s as well as by POST',
    (method) => {
      expect(asks({ origin: 'https://evil.com' }, method)).toBe(false)
    },
  )

  test.each(['Bearer x', 'Bearer', 'Basic eDp5'])('even with "Authorization: %s"', (value) => {
    expect(asks({ authorization: value })).toBe(false)
    expect(asks({ authorization: value, 'sec-fetch-site': 'cross-site' })).toBe(false)
  })
})

describe('a request is accepted', () => {
  test('when a page of ours sent it', () => {
    expect(asks({ 'sec-fetch-site': 'same-origin' })).toBe(true)
    expect(asks({ 'sec-fetch-site': 'none' })).toBe(true)
    expect(asks({ origin: OURS })).toBe(true)
    expect(asks({ origin: OURS, 'sec-fetch-site': 'same-origin' })).toBe(true)
  })

  test.each(['GET', 'HEAD', 'OPTIONS'])('from anywhere by %s, which changes nothing', (method) => {
    expect(asks({ 'sec-fetch-site': 'cross-site', origin: 'null' }, method)).toBe(true)
  })
})
