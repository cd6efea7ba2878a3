import { describe, expect, test } from 'vitest'
import { createLinkCookies } from './link-cookie'

const ORIGIN = 'https://accounts.example.com'
const cookie = createLinkCookies(ORIGIN)['/password-link']
/** What a browser sends after it was given this. */
const sent = (setCookie: string) => setCookie.split(';')[0]!

/** The Cookie header of a browser that has opened these, one after the other. */
const afterOpening = (...secrets: string[]) =>
  secrets.reduce((header, secret) => sent(cookie.add(header, secret)), '')

/** The id of a link, as its page has it right after it was opened. */
const idOf = (secret: string) => cookie.read(afterOpening(secret), null)!.id

describe('the links that a browser has opened', () => {
  test.each([undefined, null, '', 'other=1', '__Host-latchkey-link=', '__Host-latchkey-link=~'])(
    'are none when the header is "%s"',
    (header) => {
      expect(cookie.read(header, idOf('a'))).toBeUndefined()
    },
  )

  test('are found by their ids, and the last one without an id', () => {
    const header = afterOpening('a', 'b', 'c')
    const found = ['a', 'b', 'c'].map((secret) => cookie.read(header, idOf(secret))?.secret)
    expect(found).toEqual(['a', 'b', 'c'])
    expect(cookie.read(header, null)?.secret).toBe('c')
    expect(cookie.read(header, idOf('d'))).toBeUndefined()
  })

  test('have ids without their secrets', () => {
    const secret = 'a-long-secret-of-a-link'
    expect(idOf(secret)).toMatch(/^[\w-]{22}$/)
    expect(idOf(secret)).not.toContain('secret')
  })

  test('come first when they are opened again', () => {
    const header = afterOpening('a', 'b', 'a')
    expect(cookie.read(header, null)?.secret).toBe('a')
    expect(cookie.read(cookie.remove(header, 'a'), idOf('a'))).toBeUndefined()
  })

  test('are taken out one by one, and the cookie with the last', () => {
    const one = cookie.remove(afterOpening('a', 'b'), 'a')
    expect(cookie.read(sent(one), idOf('a'))).toBeUndefined()
    expect(cookie.read(sent(one), idOf('b'))?.secret).toBe('b')
    expect(cookie.remove(sent(one), 'b')).toContain('Max-Age=0')
  })

  test('are no more than fit into a header, and the oldest go first', () => {
    const secrets = Array.from({ length: 20 }, (_, number) => `${number}`.padStart(43, 'x'))
    const header = afterOpening(...secrets)
    expect(cookie.read(header, idOf(secrets[0]!))).toBeUndefined()
    expect(cookie.read(header, idOf(secrets[13]!))?.secret).toBe(secrets[13])
    expect(header.length).toBeLessThan(1_000)
  })

  test('are those of one page, where a set-up link is none for passwords', () => {
    const setUp = sent(createLinkCookies(ORIGIN)['/setup'].add('', 'a'))
    expect(cookie.read(setUp, null)).toBeUndefined()
  })
})
