import { setMaxListeners } from 'node:events'
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

  receive(message: LiveMessage) {
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
const loadAnew = vi.fn()

beforeEach(() => {
  vi.useFakeTimers()
  StubSocket.made = []
  answer = sessionIs(SESSION)
  vi.stubGlobal('WebSocket', StubSocket)
  const address = { origin: 'http://localhost', pathname: '/profile', search: '?page=2' }
  vi.stubGlobal('location', { ...address, replace: loadAnew })
  vi.stubGlobal('fetch', ask)
  const [page, tab] = [new EventTarget(), new EventTarget()]
  setMaxListeners(Infinity, page, tab)
  vi.stubGlobal('window', Object.assign(page, { setTimeout }))
  vi.stubGlobal('document', Object.assign(tab, { visibilityState: 'visible' }))
})
afterEach(() => {
  for (const stop of pages.splice(0)) stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
  ask.mockClear()
  loadAnew.mockClear()
})

/** What the server says of the cookie that this browser has at the moment. */
const sessionIs = (id: string) => () => Promise.resolve(Response.json({ session: { id } }))
const noSession = () => Promise.resolve(new Response(null, { status: 401 }))
const nobodyThere = () => Promise.reject(new TypeError('nobody there'))

function openPage() {
  const events = { onEnded: vi.fn(), onSignedOut: vi.fn(), onChanged: vi.fn(), onCover: vi.fn() }
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
    answer = noSession
    await vi.advanceTimersByTimeAsync(3 * BEAT_INTERVAL)
    expect(events.onSignedOut).toHaveBeenCalledExactlyOnceWith('ended')
  })

  test('is not believed any more when it speaks after all', async () => {
    const { socket, events } = openPage()
    await vi.advanceTimersByTimeAsync(3 * BEAT_INTERVAL)
    socket.receive({ type: 'signed-out', reason: 'expired' })
    expect(events.onSignedOut).not.toHaveBeenCalled()
  })
})

test('a socket that only beats is kept, and the page neither asks nor refreshes', async () => {
  const { socket, events } = openPage()
  for (let beat = 0; beat < 20; beat += 1) {
    await vi.advanceTimersByTimeAsync(BEAT_INTERVAL)
    socket.receive({ type: 'beat' })
  }
  expect([ask.mock.calls.length, StubSocket.made.length]).toEqual([0, 1])
  expect(events.onChanged).not.toHaveBeenCalled()
})

describe('when somebody signs in again in this browser', () => {
  const NEW_SESSION = 'session of the new sign-in'
  type Page = ReturnType<typeof openPage>

  /** How the page learns that its session is over. */
  const ways: Record<string, (page: Page) => Promise<void>> = {
    'the message': async ({ socket }) => {
      socket.receive({ type: 'signed-out', reason: 'replaced' })
    },
    'the message, and its socket is closed before that is looked into,': async ({ socket }) => {
      socket.receive({ type: 'signed-out', reason: 'replaced' })
      socket.break()
    },
    'a check that came too late for the message': async ({ socket }) => {
      socket.receive({ type: 'signed-out', reason: 'ended' })
    },
    'the end of its socket, which came without a message,': async ({ socket }) => socket.break(),
    'its poll, for its sockets are blocked,': async ({ socket }) => {
      socket.readyState = 0
      await vi.advanceTimersByTimeAsync(30_000)
    },
    'its return from the back-forward cache': async () => {
      window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    },
    'its awakening from sleep': async () => {
      vi.setSystemTime(Date.now() + 60_000)
      await vi.advanceTimersByTimeAsync(2_000)
    },
  }

  describe.each(Object.entries(ways))('and the page learns it by %s', (_, learn) => {
    test('after the cookie has come, the page goes on with the new session', async () => {
      const page = openPage()
      answer = sessionIs(NEW_SESSION)
      await learn(page)
      await expectToGoOn(page)
    })

    test('before the cookie has come, the page waits for that, blank, and goes on', async () => {
      const page = openPage()
      answer = noSession
      await learn(page)
      await vi.advanceTimersByTimeAsync(1_000)
      expect([loadAnew.mock.calls, page.events.onSignedOut.mock.calls]).toEqual([[], []])
      expect(page.events.onEnded).toHaveBeenCalledOnce()
      answer = sessionIs(NEW_SESSION)
      await expectToGoOn(page)
    })

    test('while the server is away, the page goes on as soon as that is back', async () => {
      const page = openPage()
      answer = noSession
      await learn(page)
      await vi.advanceTimersByTimeAsync(0)
      answer = nobodyThere
      await vi.advanceTimersByTimeAsync(60_000)
      expect([loadAnew.mock.calls, page.events.onSignedOut.mock.calls]).toEqual([[], []])
      answer = sessionIs(NEW_SESSION)
      await expectToGoOn(page)
    })

    test('and no cookie comes at all, the page goes to sign-in once', async () => {
      const { events, ...page } = openPage()
      answer = noSession
      await learn({ events, ...page })
      await vi.advanceTimersByTimeAsync(20_000)
      expect(events.onSignedOut).toHaveBeenCalledOnce()
      expect(events.onSignedOut.mock.calls).toEqual(events.onEnded.mock.calls)
      expect(loadAnew).not.toHaveBeenCalled()
    })
  })

  async function expectToGoOn({ events }: Page) {
    await vi.advanceTimersByTimeAsync(5_000)
    expect(loadAnew).toHaveBeenCalledExactlyOnceWith('/profile?page=2')
    expect(events.onEnded).toHaveBeenCalledOnce()
    expect(events.onSignedOut).not.toHaveBeenCalled()
    // Never shown again, not even covered and uncovered.
    expect(events.onCover).not.toHaveBeenCalledWith(false)
  }

  test('the page is blank at once, before the server has been asked', () => {
    const { events, socket } = openPage()
    socket.receive({ type: 'signed-out', reason: 'replaced' })
    expect(events.onEnded).toHaveBeenCalledExactlyOnceWith('replaced')
  })
})

test('a page that is told who ended its session goes to sign-in at once, without asking', () => {
  const { events, socket } = openPage()
  // A form that scripts send is none by which the browser leaves the page.
  const submit = new Event('submit', { cancelable: true })
  submit.preventDefault()
  window.dispatchEvent(submit)
  socket.receive({ type: 'signed-out', reason: 'signed-out-elsewhere' })
  expect(events.onEnded).toHaveBeenCalledExactlyOnceWith('signed-out-elsewhere')
  expect(events.onSignedOut).toHaveBeenCalledExactlyOnceWith('signed-out-elsewhere')
  expect(ask).not.toHaveBeenCalled()
})

test('a page that sent a form is blank at once, and for ten seconds leaves the way to the answer', async () => {
  const { events, socket } = openPage()
  window.dispatchEvent(new Event('submit'))
  socket.receive({ type: 'signed-out', reason: 'signed-out' })
  expect(events.onEnded).toHaveBeenCalledExactlyOnceWith('signed-out')
  await vi.advanceTimersByTimeAsync(9_000)
  expect(events.onSignedOut).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(events.onSignedOut).toHaveBeenCalledExactlyOnceWith('signed-out')
})

describe('many pages whose server is gone', () => {
  const MANY = 60
  const WINDOW_MS = 100

  test('come back spread over time, none of them later than half a minute after its last try', async () => {
    answer = nobodyThere
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
