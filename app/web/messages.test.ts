import { expect, test } from 'vitest'
import { receiptMessage } from './messages'

const receipt = { sessions: 0, tabs: 0, nodes: { confirmed: 1, total: 1 }, milliseconds: 0 }

test('when nothing ended, nothing else is claimed', () => {
  expect(receiptMessage({ ...receipt, tabs: 3, milliseconds: 9 })).toEqual({
    title: 'There was nothing left to sign out of.',
  })
})

test.each([
  [1, 0, 'Signed out of 1 other session'],
  [2, 0, 'Signed out of 2 other sessions'],
  [1, 1, 'Signed out of 1 other session; 1 open tab was notified'],
  [3, 2, 'Signed out of 3 other sessions; 2 open tabs were notified'],
])('%i sessions and %i tabs are "%3$s"', (sessions, tabs, title) => {
  expect(receiptMessage({ ...receipt, sessions, tabs }).title).toBe(title)
})

test('it says how quickly, and never in no time', () => {
  const detail = (milliseconds: number) => receiptMessage({ ...receipt, sessions: 1, milliseconds })
  expect(detail(0)).toMatchObject({ detail: expect.stringContaining('within 1 ms') as string })
  expect(detail(7)).toMatchObject({ detail: expect.stringContaining('within 7 ms') as string })
})
