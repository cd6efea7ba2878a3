import { describe, expect, test } from 'vitest'
import { returnTarget, startPage } from './forward-auth'

describe('somebody who signed in comes back to the first page', () => {
  test.each([
    ['from an address of another host', '//evil.example.org'],
    ['from what a browser reads as another host', '/\\evil.example.org'],
    ['from a whole address', 'https://evil.example.org/'],
    ['from one with a line break', '/a\r\nSet-Cookie: a=b'],
    ['from one of our own pages there', '/.latchkey/start?to=/'],
    ['from letters that no Location can have', '/\u0151'],
    ['from bytes that are no ASCII', '/\u00c5\u0091'],
    ['from one that proxies have no room for', `/${'a'.repeat(3000)}`],
    ['from nowhere', null],
  ])('%s', (_, target) => {
    expect(returnTarget(target)).toBe('/')
  })
})

test('everybody else comes back to the very page', () => {
  for (const target of ['/', '/notes/1?q=a%2Fb&c=,', '/%C5%91', '/a?b="<|>"', '/.latchkeys/']) {
    expect(returnTarget(target)).toBe(target)
    const { searchParams } = new URL(startPage({ address: 'https://w.example.org' }, target))
    expect(searchParams.get('to')).toBe(target)
  }
})
