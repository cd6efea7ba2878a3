import { describe, expect, test } from 'vitest'
import { nameKeyOf } from './name-key'
import { cursorFromText, cursorToText, cutPage, type PageCursor } from './page-cursor'

describe('a list begins at the top when its cursor', () => {
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

  test.each([
    ['is missing', null],
    ['is empty', ''],
    ['is not base64', '%%%'],
    ['is not JSON', Buffer.from('{').toString('base64url')],
    ['is no list', encoded({ direction: 'after' })],
    ['is too short a list', encoded(['after', 'x'])],
    ['has an unknown direction', encoded(['beside', 'x', 'id'])],
    ['has a value that is no text', encoded(['after', { gt: '' }, 'id'])],
    ['has an id that is no text', encoded(['after', 'x', null])],
    ['is longer than any of ours', encoded(['after', 'x'.repeat(2_000), 'id'])],
    ['holds a NUL', encoded(['after', 'a\0', 'id'])],
    ['holds a lone surrogate', Buffer.from('["after","\\ud800","id"]').toString('base64url')],
    [
      'has a lone surrogate as its id',
      Buffer.from('["after","x","\\udc00"]').toString('base64url'),
    ],
  ])('%s', (_, text) => {
    expect(cursorFromText(text)).toBeNull()
  })
})

test('a cursor is read as it was written, whatever is in it', () => {
  const cursor: PageCursor = { direction: 'before', value: 'Šárka "😀" \\', id: '0-1' }
  expect(cursorFromText(cursorToText(cursor))).toEqual(cursor)
})

test('the longest name there can be has a cursor that is read', () => {
  const value = nameKeyOf('😀'.repeat(300))
  const cursor: PageCursor = { direction: 'after', value, id: 'x'.repeat(36) }
  expect(cursorFromText(cursorToText(cursor)) !== null).toBe(true)
})

describe('a page', () => {
  const valueOf = ({ id }: { id: string }) => `value of ${id}`
  const rows = (ids: string) => [...ids].map((id) => ({ id }))
  const cut = (read: string, direction?: PageCursor['direction']) =>
    cutPage(rows(read), {
      size: 3,
      cursor: direction ? { direction, value: '', id: '' } : null,
      valueOf,
    })
  const at = (direction: PageCursor['direction'], id: string) =>
    cursorToText({ direction, value: `value of ${id}`, id })

  test('that is the only one has no neighbours', () => {
    expect(cut('abc')).toEqual({ rows: rows('abc'), newer: null, older: null })
  })

  test('that is empty has none either', () => {
    expect(cut('')).toEqual({ rows: [], newer: null, older: null })
  })

  test('that is the first leads on when one row more was read', () => {
    expect(cut('abcd')).toEqual({ rows: rows('abc'), newer: null, older: at('after', 'c') })
  })

  test('that comes after another leads back to it', () => {
    expect(cut('de', 'after')).toEqual({ rows: rows('de'), newer: at('before', 'd'), older: null })
  })

  test('that was read backwards is shown forwards, and leads both ways', () => {
    expect(cut('dcba', 'before')).toEqual({
      rows: rows('bcd'),
      newer: at('before', 'b'),
      older: at('after', 'd'),
    })
    expect(cut('ba', 'before').newer).toBeNull()
  })
})
