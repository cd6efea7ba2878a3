import { expect, test } from 'vitest'
import { days, hours } from '~/accounts/time'
import { receiptMessage, retentionInWords } from './messages'

const receipt = { sessions: 0, tabs: 0, nodes: { confirmed: 1, total: 1 }, milliseconds: 0 }

test('a receipt claims nothing more when nothing ended', () => {
  expect(receiptMessage({ ...receipt, tabs: 3, milliseconds: 9 })).toEqual({
    title: 'There was nothing left to sign out of.',
  })
})

test.each([
  [1, 0, 'Signed out of 1 other session'],
  [2, 0, 'Signed out of 2 other sessions'],
  [1, 1, 'Signed out of 1 other session; 1 open tab was notified'],
  [3, 2, 'Signed out of 3 other sessions; 2 open tabs were notified'],
])('a receipt for %i sessions and %i tabs reads "%s"', (sessions, tabs, title) => {
  expect(receiptMessage({ ...receipt, sessions, tabs }).title).toBe(title)
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
