import { describe, expect, test } from 'vitest'
import { createOwnCookie, ownCookieName } from './own-cookie'

describe('the name of a cookie', () => {
  test.each([
    ['https://accounts.example.com', '__Host-latchkey'],
    ['https://accounts.example.com:8443', '__Host-latchkey-8443'],
    ['http://localhost:3000', 'latchkey-3000'],
    ['http://localhost:3001', 'latchkey-3001'],
    ['http://localhost', 'latchkey-80'],
  ])('is bound to the host or the port: %s', (origin, name) => {
    expect(ownCookieName('latchkey', origin)).toBe(name)
  })
})

describe('a cookie', () => {
  const cookie = createOwnCookie('latchkey', 'https://accounts.example.com')
  const onHttp = createOwnCookie('latchkey', 'http://localhost:3000')

  test.each([
    '__Host-latchkey=a; __Host-latchkey=b',
    '__Host-latchkey=a; __Host-latchkey=a',
    '__Host-latchkey=a;x=1;__Host-latchkey=',
    '__Host-latchkey=a; __Host-latchkey =a',
    'x=1; __Host-latchkey=a; __Host-latchkey=a; __Host-latchkey=a',
  ])('that comes more than once counts as none: "%s"', (header) => {
    expect(cookie.read(header)).toBeUndefined()
    expect(cookie.readAll(header).length).toBeGreaterThan(1)
  })

  test.each([
    ...[undefined, null, '', '; ;=;', 'x=1', '__Host-latchkey', '=__Host-latchkey'],
    ...['latchkey=forged', '__host-latchkey=a', '__Host-latchkey2=a', '__Host-latchkey-link=a'],
    'x="__Host-latchkey=a"',
  ])('that is not there is not read from "%s"', (header) => {
    expect(cookie.read(header)).toBeUndefined()
  })

  test.each([
    ['__Host-latchkey=mine', 'mine'],
    ['latchkey=forged; __Host-latchkey=mine;', 'mine'],
    ['a=1;__Host-latchkey= mine ;b=2', 'mine'],
    ['__Host-latchkey=', ''],
    ['__Host-latchkey=a=b', 'a=b'],
  ])('is read as it was set, among others: "%s"', (header, value) => {
    expect(cookie.read(header)).toBe(value)
  })

  test('of an installation at another port is none of ours', () => {
    expect(onHttp.read('latchkey-3001=theirs; latchkey=old; latchkey-3000=mine')).toBe('mine')
  })

  test('is for our host alone, out of reach for scripts, and secret on https', () => {
    expect(cookie.set('x', 60)).toBe(
      '__Host-latchkey=x; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax',
    )
    expect(onHttp.set('x')).toBe('latchkey-3000=x; Path=/; HttpOnly; SameSite=Lax')
  })
})
