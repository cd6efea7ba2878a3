import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { watchSession } from './live-connection'
import { BEAT_INTERVAL, type LiveMessage } from './messages'

/** A socket of a browser that the test opens, speaks through and breaks. */
class StubSocket {
  static readonly OPEN = 1
  static made: { socket: StubSocket; at: number }[] = []
  readyState = 0
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: (() => void) | null = null
  close = vi.fn()

  constructor() {
    StubSocket.made.push({ socket: this, at: Date.now() })
  }

  open() {
    this.readyState = StubSocket.OPEN
    this.onopen?.()
  }

  say(message: LiveMessage) {
    this.onmessage?.({ data: JSON.stringify(message) })
  }

  break() {
    this.readyState = 3
    this.onclose?.()
  }
}

const SESSION = 'session of this page'
const pages: (() => void)[] = []
let answer: () => Promise<Response>
const ask = vi.fn(() => answer())

beforeEach(() => {
  vi.useFakeTimers()
  StubSocket.made = []
  answer = () => Promise.resolve(Response.json({ session: { id: SESSION } }))
  vi.stubGlobal('WebSocket', StubSocket)
  vi.stubGlobal('location', { origin: 'http://localhost' })
  vi.stubGlobal('fetch', ask)
  const target = { addEventListener: vi.fn(), removeEventListener: vi.fn() }
  vi.stubGlobal('window', { ...target, setTimeout })
  vi.stubGlobal('document', { ...target, visibilityState: 'visible' })
})
afterEach(() => {
  for (const stop of pages.splice(0)) stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
  ask.mockClear()
})

function openPage() {
  const events = { onSignedOut: vi.fn(), onChanged: vi.fn(), onCover: vi.fn() }
  pages.push(watchSession(SESSION, events))
  const { socket } = StubSocket.made.at(-1)!
  socket.open()
  return { events, socket }
}

describe('a socket that falls silent, its network gone without a word,', () => {
  test('is left after two beats: the page asks the server and connects again', async () => {
    const { socket } = openPage()
    await vi.advanceTimersByTimeAsync(2 * BEAT_INTERVAL)
    expect([ask.mock.calls.length, StubSocket.made.length]).toEqual([0, 1])
    await vi.advanceTimersByTimeAsync(BEAT_INTERVAL)
    expect(ask).toHaveBeenCalled()
    expect(socket.close).toHaveBeenCalled()
    expect(StubSocket.made).toHaveLength(2)
  })

  test('has its page signed out when the session ended meanwhile', async () => {
    const { events } = openPage()
    answer = () => Promise.resolve(new Response(null, { status: 401 }))
    await vi.advanceTimersByTimeAsync(3 * BEAT_INTERVAL)
    expect(events.onSignedOut).toHaveBeenCalledExactlyOnceWith('ended')
  })

  test('is not believed any more when it speaks after all', async () => {
    const { socket, events } = openPage()
    await vi.advanceTimersByTimeAsync(3 * BEAT_INTERVAL)
    socket.say({ type: 'signed-out', reason: 'expired' })
    expect(events.onSignedOut).not.toHaveBeenCalled()
  })
})

test('a socket that only beats is kept, and the page neither asks nor refreshes', async () => {
  const { socket, events } = openPage()
  for (let beat = 0; beat < 20; beat += 1) {
    await vi.advanceTimersByTimeAsync(BEAT_INTERVAL)
    socket.say({ type: 'beat' })
  }
  expect([ask.mock.calls.length, StubSocket.made.length]).toEqual([0, 1])
  expect(events.onChanged).not.toHaveBeenCalled()
})

describe('when a server is gone that many pages were connected to', () => {
  const MANY = 60
  const WINDOW_MS = 100

  test('they come back spread over time, none of them later than half a minute after the last try', async () => {
    answer = () => Promise.reject(new TypeError('nobody there'))
    const gone = Date.now()
    for (let count = 0; count < MANY; count += 1) openPage()
    for (const { socket } of StubSocket.made.splice(0)) socket.break()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(StubSocket.made).toHaveLength(MANY)
    const windows = StubSocket.made.map(({ at }) => Math.floor((at - gone) / WINDOW_MS))
    expect(Math.min(...windows)).toBeGreaterThan(0)
    for (const one of new Set(windows)) {
      expect(windows.filter((other) => other === one).length).toBeLessThan(MANY / 3)
    }

    for (let round = 0; round < 4; round += 1) {
      for (const { socket } of StubSocket.made.splice(0)) socket.break()
      await vi.advanceTimersByTimeAsync(30_000)
      expect(StubSocket.made).toHaveLength(MANY)
    }
    // By now they wait for long, and again not all for as long.
    const moments = new Set(StubSocket.made.map(({ at }) => Math.floor(at / 1_000)))
    expect(moments.size).toBeGreaterThan(5)
  })
})
