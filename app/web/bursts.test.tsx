import { Suspense, type ReactNode } from 'react'
import { renderToPipeableStream } from 'react-dom/server'
import { expect, test } from 'vitest'
import { Bursts } from './bursts'

/** Several of the pieces into which React cuts what it writes. */
const LONG = 'a'.repeat(10_000)

test('what React writes in one go is one piece, and is not held back until the rest is there', async () => {
  let resolve!: () => void
  const promise = new Promise<void>((done) => (resolve = done))
  let isThere = false
  function Rest(): ReactNode {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the way to wait in React 18
    if (!isThere) throw promise
    return `rest ${LONG}`
  }
  const bursts = new Bursts()
  const pieces = bursts.iterator()
  const { pipe } = renderToPipeableStream(
    <main>
      frame {LONG}
      <Suspense fallback="waiting">
        <Rest />
      </Suspense>
    </main>,
    { onShellReady: () => pipe(bursts) },
  )
  const frame = String((await pieces.next()).value)
  expect(frame).toMatch(/frame.*waiting/)
  isThere = true
  resolve()
  const rest = String((await pieces.next()).value)
  expect(rest).toContain(`rest ${LONG}`)
  expect(await pieces.next()).toMatchObject({ done: true })
})

test('what nobody said to pass on is passed on at the end', async () => {
  const bursts = new Bursts()
  bursts.write('one ')
  bursts.end('two')
  expect((await bursts.toArray()).map(String)).toEqual(['one two'])
})
