import { describe, expect, test } from 'vitest'
import { until } from '../../../tests/support/until'
import { connectTo, listenTo, openTemporary } from './fixtures'
import { noticeFrom } from './notices'

describe('what is not understood means that anything may have been written', () => {
  test.each([
    '',
    'x',
    'null',
    '[]',
    '"barrier"',
    '{}',
    '{"type": "barriers"}',
    '{"type": "unknown"}',
    '{"type": "all-sessions-ended", "exceptSessionId": null, "reason": ""}',
    '{"type": "ping", "node": "here"}',
    '{"type": "ping", "node": "here", "ping": 1e999}',
    '{"type": "ping", "node": "here", "ping": "1"}',
    '{"type": "ping", "node": 1, "ping": 1}',
    '{"type": "confirmed", "id": "1", "node": "here", "tabs": null}',
    '{"type": "question", "id": "1"}',
    '{"type": "sessions-ended", "userId": "ada", "reason": ""}',
    '{"type": "sessions-ended", "userId": "ada", "sessionIds": "one", "reason": ""}',
    '{"type": "sessions-ended", "userId": "ada", "sessionIds": ["one"]}',
    '{"type": "tokens-ended", "tokenIds": ["one"]}',
    '{"type": "user-changed"}',
    '{"type": "secret-replaced", "userId": "ada"}',
    '{"type": "session-started", "userId": null, "sessionId": "one"}',
  ])('such as %s', (payload) => {
    expect(noticeFrom(payload)).toEqual({
      transaction: '',
      type: 'change',
      change: { type: 'unknown' },
    })
  })

  test('and keeps its place among what was committed, if it says one', () => {
    expect(noticeFrom('{"type": "news", "transaction": "17"}')).toEqual({
      transaction: '17',
      type: 'change',
      change: { type: 'unknown' },
    })
    expect(noticeFrom('{"type": "barrier", "transaction": 17}').transaction).toBe('')
  })

  test('when somebody sends it by hand, and what comes after it is heard', async () => {
    const database = await openTemporary()
    const { heard, lost } = await listenTo(database)
    const other = await connectTo(database.url)
    await other.query(`NOTIFY latchkey, 'x'`)
    await other.query('NOTIFY latchkey')
    await other.query(
      `NOTIFY latchkey, '{"type": "ping", "node": "here", "ping": ${'9'.repeat(400)}}'`,
    )
    await other.query(`NOTIFY somebody_else, 'x'`)
    await database.channel.askForTabs('question', 'ada')
    await until(() => heard.length === 4)
    expect(heard.slice(0, 3)).toEqual(
      [1, 2, 3].map(() => ({ transaction: '', type: 'change', change: { type: 'unknown' } })),
    )
    expect(heard[3]).toMatchObject({ type: 'question', id: 'question', userId: 'ada' })
    expect(lost).toEqual([])
  })
})

test('nothing that a notice carries beyond what it should reaches a listener', () => {
  const payload = '{"type": "user-changed", "userId": "ada", "transaction": "1", "more": "x"}'
  expect(noticeFrom(payload)).toEqual({
    transaction: '1',
    type: 'change',
    change: { type: 'user-changed', userId: 'ada' },
  })
})
