import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ClientActionFunctionArgs } from '@remix-run/react'
import { clientAction } from './client-action'

afterEach(() => vi.unstubAllGlobals())

/** Sends a form while `/healthz` is answered so, and the form itself by `answer`. */
async function send(healthz: () => Promise<Response>, answer: () => Promise<unknown>) {
  vi.stubGlobal('fetch', healthz)
  vi.stubGlobal('document', { querySelector: () => ({ content: 'Berg family' }) })
  const serverAction = vi.fn(answer)
  const answered = await clientAction({ serverAction } as unknown as ClientActionFunctionArgs).then(
    async (value) => (value instanceof Response ? [value.status, await value.json()] : value),
    (error: unknown) => error,
  )
  return { answered, wasSent: serverAction.mock.calls.length > 0 }
}

const status = (code: number) => async () => new Response(null, { status: code })
const rejected = (thrown: unknown) => async () => {
  throw thrown
}
const notSaved = [503, { problem: 'Can’t reach Berg family. Nothing was saved.' }]
const inDoubt = [503, { problem: expect.stringContaining('No answer came') as string }]
const offline = new TypeError('Failed to fetch')

describe('a form', () => {
  test.each([
    ['nobody answers', rejected(offline)],
    ['a proxy answers that there is no server', status(502)],
    ['a proxy answers that the server is too slow', status(504)],
  ])('is not sent, and stays with a sentence, when %s', async (_when, healthz) => {
    expect(await send(healthz, async () => 'done')).toEqual({ answered: notSaved, wasSent: false })
  })

  test.each([
    ['the connection is lost', offline],
    ['a proxy answers with a page of its own', new Error('Unable to decode turbo-stream response')],
  ])('stays, and is said to be in doubt, when %s instead of an answer', async (_when, error) => {
    const { answered } = await send(status(200), rejected(error))
    expect(answered).toEqual(inDoubt)
  })

  test('is answered by the server alone when that answers, be it an error or a way elsewhere', async () => {
    const failed = new Error('Unexpected Server Error')
    for (const answer of [failed, new Response(null, { status: 302 })]) {
      expect((await send(status(200), rejected(answer))).answered).toBe(answer)
    }
    // Somebody keeps /healthz to themselves.
    expect((await send(status(403), async () => 'done')).answered).toBe('done')
  })
})
