import { expect, test } from 'vitest'
import { groupSessions, isFound } from './session-groups'
import type { ListedSession } from './session-row'

const SESSION: ListedSession = {
  ...{ id: '1', browser: 'Firefox', version: '144', system: 'macOS', kind: 'desktop' },
  ...{ ip: '192.0.2.7', place: 'Iceland', userAgent: 'Mozilla/5.0', signedInBy: 'passkey' },
  ...{ secondFactor: null, label: null },
  ...{ createdAt: 0, lastSeenAt: 0, expiresAt: 0, isProlonged: false, isCurrent: false },
}

test('sessions are put together by browser and system, in the order in which they come', () => {
  const phone: ListedSession = { ...SESSION, id: '2', browser: 'Safari', system: 'iPhone' }
  const groups = groupSessions([SESSION, phone, { ...SESSION, id: '3' }])
  expect(groups.map(({ name, sessions }) => [name, sessions.map(({ id }) => id)])).toEqual([
    ['Firefox on macOS', ['1', '3']],
    ['Safari on iPhone', ['2']],
  ])
})

test('one that its owner named stands under that name', () => {
  const named = { ...SESSION, id: '2', label: 'Mum’s laptop' }
  const names = groupSessions([SESSION, named]).map(({ name }) => name)
  expect(names).toEqual(['Firefox on macOS', 'Mum’s laptop (Firefox on macOS)'])
  expect(isFound(named, 'mum’s')).toBe(true)
  expect(isFound(SESSION, 'mum’s')).toBe(false)
})

test('a session that is named stays in its group as long as the page is open', () => {
  const firstNames = new Map<string, string>()
  groupSessions([SESSION], firstNames)
  const groups = groupSessions([{ ...SESSION, label: 'Work' }], firstNames)
  expect(groups.map(({ name }) => name)).toEqual(['Firefox on macOS'])
})

test.each([
  ['mum’s laptop', "mum's"],
  ["mum's laptop", 'mum’s'],
])('%s is found by %s: whichever apostrophe a keyboard has', (label, search) => {
  expect(isFound({ ...SESSION, label }, search)).toBe(true)
})

test('a session is found by the badge that it has, and by none that it has not', () => {
  expect(isFound({ ...SESSION, isNew: true }, 'new')).toBe(true)
  expect(isFound({ ...SESSION, isCurrent: true }, 'this session')).toBe(true)
  expect(isFound(SESSION, 'new')).toBe(false)
  expect(isFound(SESSION, 'this')).toBe(false)
})

test.each(['chrome', 'firefox windows', '192.0.2.8'])('“%s” finds no other session', (search) => {
  expect(isFound(SESSION, search)).toBe(false)
})

test.each(['', 'MACOS fire', ' iceland ', '192.0.2', 'mozilla', 'passkey firefox'])(
  'a session is found by “%s”: each word stands somewhere in what is said of it',
  (search) => {
    expect(isFound(SESSION, search)).toBe(true)
  },
)
