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
    const askedByNobody = isRefresh || nextFollowsForm
    nextIsRefresh = nextFollowsForm = false
    if ((init?.method ?? 'GET') !== 'GET') {
      forms += 1
      const answer = await fetch(input, init)
      nextFollowsForm = answer.ok
      return answer
    }
    if (!askedByNobody) return fetch(input, init)
    const headers = new Headers(init?.headers)
    if (isRefresh) headers.set(BACKGROUND_HEADER, '1')
    return untilAnswered(() => fetch(input, { ...init, headers }), init?.signal)
  }
}

const isForData = (input: RequestInfo | URL) =>
  input instanceof URL && input.pathname.endsWith('.data')

/**
 * Asks again and again. What breaks off is no answer, nor is what a server says that is too busy or whose
 * database is away, nor what a proxy says in its stead.
 */
async function untilAnswered(ask: () => Promise<Response>, signal?: AbortSignal | null) {
  for (;;) {
    const answer = await ask()
      .then(whole)
      .catch(() => undefined)
    signal?.throwIfAborted()
    if (answer && answer.status < 500 && isData(answer)) return answer
    await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER))
    signal?.throwIfAborted()
  }
}

const whole = async (answer: Response) => new Response(await answer.arrayBuffer(), answer)

/** As Remix sends it. */
const isData = ({ headers }: Response) =>
  /^text\/x-script\b/.test(headers.get('Content-Type') ?? '')
