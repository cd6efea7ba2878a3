import { describe, expect, test } from 'vitest'
import { isApiPath, readAuthorization } from './authorization'

describe('an Authorization header', () => {
  test.each([
    '',
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer a, Bearer b',
    'Bearer a,b',
    'Bearer =',
    'Bearer a=b',
    'Bearer "a"',
    'Bearer tokén',
    'Bearer\ta',
    'Bearera',
    'BearerX a',
    'Basic eDp5',
    'Basic a, Bearer b',
    'a',
  ])('of any other form than one bearer token is malformed: "%s"', (header) => {
    expect(readAuthorization(header)).toEqual({ kind: 'malformed' })
  })

  test('that is missing says nothing', () => {
    expect(readAuthorization(undefined)).toEqual({ kind: 'none' })
    expect(readAuthorization(null)).toEqual({ kind: 'none' })
  })

  test.each([
    ['Bearer lk_a-b_c', 'lk_a-b_c'],
    ['bearer abc', 'abc'],
    ['BEARER   abc', 'abc'],
    ['Bearer a.b~c+d/e==', 'a.b~c+d/e=='],
  ])('with a bearer token gives the token: "%s"', (header, token) => {
    expect(readAuthorization(header)).toEqual({ kind: 'bearer', token })
  })
})

test('only paths of the API are asked for one', () => {
  expect(['/api/v1/session', '/api/'].map(isApiPath)).toEqual([true, true])
  expect(['/api', '/apis/x', '/login', '/x/api/', '/API/v1', '/%61pi/v1'].map(isApiPath)).toEqual(
    Array(6).fill(false),
  )
})
