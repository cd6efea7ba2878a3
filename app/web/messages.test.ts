import { expect, test } from 'vitest'
import { days, hours } from '~/accounts/time'
import {
  deletedMessage,
  deletedQuery,
  howFinal,
  matchesInWords,
  receiptMessage,
  retentionInWords,
} from './messages'

const receipt = { sessions: 0, tabs: 0, nodes: { confirmed: 1, total: 1 }, milliseconds: 0 }

test('a receipt claims nothing more when nothing ended', () => {
  expect(receiptMessage({ ...receipt, tabs: 3, milliseconds: 9 })).toEqual({
    title: 'There was nothing left to sign out of.',
  })
})

test.each([
  [1, 0, 'Signed out of 1 other session'],
  [2, 0, 'Signed out of 2 other sessions'],
  [1, 1, 'Signed out of 1 other session; 1 open tab was told'],
  [3, 2, 'Signed out of 3 other sessions; 2 open tabs were told'],
])('a receipt for %i sessions and %i tabs reads "%s"', (sessions, tabs, title) => {
  expect(receiptMessage({ ...receipt, sessions, tabs }).title).toBe(title)
})

test.each([
  [0, 1, 'Confirmed by 0 of 1 nodes; the other uses nothing from memory.'],
  [1, 2, 'Confirmed by 1 of 2 nodes; the other uses nothing from memory.'],
  [1, 3, 'Confirmed by 1 of 3 nodes; the others use nothing from memory.'],
])('a receipt of %i of %i nodes says "%s"', (confirmed, total, detail) => {
  expect(receiptMessage({ ...receipt, sessions: 1, nodes: { confirmed, total } })).toEqual({
    title: 'Signed out of 1 other session',
    detail: `It can no longer use your account. Recorded and in force everywhere within 1 ms. ${detail}`,
  })
})

test.each([
  [3, [], 'They can no longer use your account. '],
  [1, ['Wiki'], 'It can no longer use your account or open Wiki. '],
  [2, ['Files', 'Wiki'], 'They can no longer use your account or open Files and Wiki. '],
  [
    2,
    ['A', 'B', 'C', 'D', 'E', 'F', 'G'],
    'They can no longer use your account or open A, B, C, D, E and 2 more. ',
  ],
])('a receipt of %i sessions names the applications %j', (sessions, applications, said) => {
  const { detail } = receiptMessage({ ...receipt, sessions }, undefined, applications)
  expect(detail).toBe(`${said}Recorded and in force everywhere within 1 ms`)
})

test('a receipt for somebody else’s sessions does not call the account one’s own', () => {
  const { detail } = receiptMessage({ ...receipt, sessions: 1 }, 'session', ['Wiki'])
  expect(detail).toMatch(/^It can no longer use this account or open Wiki\. /)
})

test('a receipt that all of several nodes confirmed says so', () => {
  const nodes = { confirmed: 2, total: 2 }
  expect(receiptMessage({ ...receipt, sessions: 3, tabs: 2, nodes }).title).toBe(
    'Signed out of 3 other sessions; 2 open tabs were told; confirmed by 2 of 2 nodes',
  )
})

test.each(['', 'x', '1.2.3', '1.2.3.4.5', '1.2.3.4.5.6.7', '1.2.3.4.5.a', '1234567890.2.3.4.5.6'])(
  'an address that says "%s" went with an account says nothing',
  (deleted) => {
    expect(deletedMessage(new URLSearchParams({ deleted }), null)).toBeNull()
  },
)

test('what went with an account is said with who was told and who confirmed', () => {
  const nodes = { confirmed: 2, total: 2 }
  const said = (applicationSignIns: number) => {
    const went = { sessions: 1, apiTokens: 0, applicationSignIns }
    return deletedMessage(deletedQuery(went, { ...receipt, tabs: 1, nodes }, 'mara'), null)?.detail
  }
  expect(said(0)).toBe('1 session went with it; 1 open tab was told; confirmed by 2 of 2 nodes')
  expect(said(3)).toMatch(/^1 session and 3 sign-ins at applications went with it; /)
})

test('what went with an account says nothing of open tabs and of nodes when there were none to tell', () => {
  const query = deletedQuery({ sessions: 0, apiTokens: 2, applicationSignIns: 0 }, receipt, 'mara')
  expect(deletedMessage(query, null)?.detail).toBe('2 API tokens went with it')
})

test('what went with an account that nothing went with is not said', () => {
  const query = deletedQuery({ sessions: 0, apiTokens: 0, applicationSignIns: 0 }, receipt, 'mara')
  expect(deletedMessage(query, null)).toEqual({ title: 'The account was deleted', detail: '' })
  expect(deletedMessage(query, 'Mara Lind')?.title).toBe('The account of Mara Lind was deleted')
})

test('how final it is leaves out open tabs of which there were none, and goes on with the nodes', () => {
  const nodes = (confirmed: number) => ({ tabs: 0, nodes: { confirmed, total: 2 } })
  expect(howFinal('Done', nodes(2))).toBe('Done; confirmed by 2 of 2 nodes')
  expect(howFinal('Done', nodes(1))).toBe(
    'Done. Confirmed by 1 of 2 nodes; the other uses nothing from memory.',
  )
})

test('a receipt says how quickly it went, and never "in no time"', () => {
  const detail = (milliseconds: number) => receiptMessage({ ...receipt, sessions: 1, milliseconds })
  expect(detail(0)).toMatchObject({ detail: expect.stringContaining('within 1 ms') as string })
  expect(detail(7)).toMatchObject({ detail: expect.stringContaining('within 7 ms') as string })
})

test.each([
  [days(730), '2 years'],
  [days(365), '1 year'],
  [days(90), '90 days'],
  [days(731), '731 days'],
  [days(90) + hours(1), '91 days'],
])('%i milliseconds are "%s"', (retention, words) => {
  expect(retentionInWords(retention)).toBe(words)
})

test.each([
  [0, false, null],
  [1, false, '1 user'],
  [2, false, '2 users'],
  [1_000, false, '1,000 users'],
  [1_000, true, '1,000+ users'],
])('%i matches, or more: %s, are said as “%s”', (total, isMore, words) => {
  expect(matchesInWords({ total, isMore }, 'user')).toBe(words)
})
