import { BACKGROUND_HEADER } from '~/web/background'
import { seconds } from '~/accounts/time'

/** What no answer came to is asked again after so long. */
const RETRY_AFTER = seconds(5)

let nextIsRefresh = false
let nextFollowsForm = false
let forms = 0

/** The next data that the page asks for, it asks for by itself. */
export function expectRefresh() {
  nextIsRefresh = true
}

/** How many forms this page has sent. */
export const formsSent = () => forms

/**
 * Tells the requests by which Remix asks for data apart. It does so with the global fetch, and offers no other
 * place to do it.
 *
 * - What a page refreshes by itself says so, because the server counts what a person does as activity.
 * - What nobody asked for must not fail: Remix would show the error in the place of the page, of what somebody
 *   is typing in it, and of what a form has just been answered. That is a refresh, and the data that Remix asks
 *   for once a form is done. Both are asked for again until there is an answer, or the person goes elsewhere.
 */
export function installBackgroundRequests() {
  const fetch = window.fetch.bind(window)
  window.fetch = async (input, init) => {
    if (!isForData(input)) return fetch(input, init)
    const isRefresh = nextIsRefresh
    const isExpected = isRefresh || nextFollowsForm
    nextIsRefresh = nextFollowsForm = false
    if ((init?.method ?? 'GET') !== 'GET') {
      forms += 1
      const answer = await fetch(input, init)
      nextFollowsForm = answer.ok
      return answer
    }
    if (!isExpected) return fetch(input, init)
    const headers = new Headers(init?.headers)
    if (isRefresh) headers.set(BACKGROUND_HEADER, '1')
    return untilAnswered(() => fetch(input, { ...init, headers }), init?.signal)
  }
}

const isForData = (input: RequestInfo | URL) =>
  input instanceof URL && input.pathname.endsWith('.data')

/** It is none when the server is too busy, its database away, or when a proxy answers in its stead. */
async function untilAnswered(ask: () => Promise<Response>, signal?: AbortSignal | null) {
  for (;;) {
    const answer = await ask().then(whole, () => undefined)
    signal?.throwIfAborted()
    if (answer && answer.status < 500 && isData(answer)) return answer
    await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER))
    signal?.throwIfAborted()
  }
}

/** One that breaks off is none either. */
const whole = async (answer: Response) =>
  answer.arrayBuffer().then(
    (body) => new Response(body, answer),
    () => undefined,
  )

/** As Remix sends it. */
const isData = ({ headers }: Response) =>
  /^text\/x-script\b/.test(headers.get('Content-Type') ?? '')
