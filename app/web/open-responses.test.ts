import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Listener, Revocation } from '~/accounts/revocations'
import { until } from '../../tests/support/until'
import { silentLog } from '../../tests/support/services'
import { createOpenResponses } from './open-responses'

const OFTEN_MS = 5

/** Open responses, for sessions of which the test says whether they go on. */
function start() {
  const listeners = new Set<Listener>()
  const ended = new Set<string>()
  const stillActive = vi.fn((ids: readonly string[]) =>
    Promise.resolve(
      new Map(ids.filter((id) => !ended.has(id)).map((id) => [id, new Date(8.64e15)])),
    ),
  )
  const answers = createOpenResponses({
    sessions: { stillActive },
    revocations: {
      subscribe(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    log: silentLog,
    checkInterval: OFTEN_MS,
  })
  onTestFinished(() => answers.close())

  function answerTo(sessionId: string) {
    const socket = { destroyed: false, resetAndDestroy: vi.fn() }
    const response = Object.assign(new EventEmitter(), { req: { socket } })
    answers.abortWhenSessionEnds(response as unknown as ServerResponse, sessionId)
    return {
      isCut: () => socket.resetAndDestroy.mock.calls.length > 0,
      end: () => response.emit('close'),
      disconnect: () => (socket.destroyed = true),
    }
  }

  return {
    answerTo,
    ended,
    stillActive,
    announce: (revocation: Revocation) => listeners.forEach((listener) => listener(revocation)),
  }
}

const reason = 'signed-out-elsewhere'

test('an announced ending cuts the answers to those sessions at once, and no others', () => {
  const { answerTo, announce } = start()
  const answers = ['one', 'one', 'two', 'three'].map(answerTo)
  announce({ type: 'sessions-ended', userId: 'ada', sessionIds: ['one', 'two'], reason })
  expect(answers.map(({ isCut }) => isCut())).toEqual([true, true, true, false])
})

test('the end of all sessions spares the answers to the one that asked', () => {
  const { answerTo, announce } = start()
  const answers = ['one', 'two'].map(answerTo)
  announce({ type: 'all-sessions-ended', exceptSessionId: 'two', reason })
  expect(answers.map(({ isCut }) => isCut())).toEqual([true, false])
})

test('an ending that nobody announced, such as an expiry or one before the head, is found by looking', async () => {
  const { answerTo, ended } = start()
  const [gone, other] = [answerTo('one'), answerTo('two')]
  ended.add('one')
  await until(gone.isCut, { interval: 1 })
  expect(other.isCut()).toBe(false)
})

test('open answers are asked about at once when nobody knows what was written', async () => {
  const { answerTo, ended, announce, stillActive } = start()
  const gone = answerTo('one')
  ended.add('one')
  announce({ type: 'unknown' })
  expect(stillActive).toHaveBeenCalledExactlyOnceWith(['one'])
  await until(gone.isCut, { interval: 1 })
})

test('an answer whose session nobody can ask about is cut', async () => {
  const { answerTo, stillActive } = start()
  stillActive.mockRejectedValue(new Error('no database'))
  await until(answerTo('one').isCut, { interval: 1 })
})

test('an answer that was sent is not asked about any more', async () => {
  const { answerTo, announce, stillActive } = start()
  const [sent, other] = [answerTo('one'), answerTo('two')]
  sent.end()
  await until(() => stillActive.mock.calls.length > 1, { interval: 1 })
  announce({ type: 'sessions-ended', userId: 'ada', sessionIds: ['one', 'two'], reason })
  expect([sent.isCut(), other.isCut()]).toEqual([false, true])
  expect(new Set(stillActive.mock.calls.flat(2))).toEqual(new Set(['two']))
})

test('nothing is asked for a connection that has closed, though its response says nothing of it', async () => {
  const { answerTo, stillActive } = start()
  answerTo('one').disconnect()
  answerTo('two')
  await until(() => stillActive.mock.calls.length > 1, { interval: 1 })
  expect(new Set(stillActive.mock.calls.flat(2))).toEqual(new Set(['two']))
})
