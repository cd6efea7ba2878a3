import type { IncomingMessage } from 'node:http'
import type { ArrivedQuestion } from '~/applications/check-keys'
import type { KnownApplication } from '~/applications/known'
import type { Services } from '~/server/services'
import type { ClientAddress } from './client-address'
import { asksForPage } from './forwarded-request'
import { createOwnCookie } from './own-cookie'

/*
 * How "Check the connection" sees the proxy's question: a request to the application's first page brings
 * a key in a cookie, and the question about that request is answered with the way to the report, which
 * carries in a key of its own what arrived.
 */

const COOKIE = 'latchkey-check'
const KEY_IN_COOKIE = /latchkey-check[\w-]*=([\w.-]+)/

/** With a query, which no proxy may take over into the question's own address. */
export const CHECKED_PAGE = '/?latchkey-check'

export const checkCookie = ({ id, address }: Pick<KnownApplication, 'id' | 'address'>) =>
  createOwnCookie(address.startsWith('https:') ? COOKIE : `${COOKIE}-${id}`, address)

/** Where the check goes on. */
export const checkAt = ({ address }: Pick<KnownApplication, 'address'>, key: string): string =>
  `${address}/.latchkey/check?${new URLSearchParams({ key })}`

/** What a question says, in either of its two spellings, and what changes its connection. */
const TOLD = [
  ...['x-original-method', 'x-original-url'],
  ...['x-forwarded-method', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-uri'],
  ...['x-forwarded-for', 'upgrade'],
]

/** nginx takes no answer with long headers. */
const LONGEST = 120
const MOST = 2

export function createCheckedQuestions({
  services: { checkKeys, forwardAuth },
  clientAddress,
}: {
  services: Pick<Services, 'checkKeys' | 'forwardAuth'>
  clientAddress: ClientAddress
}) {
  /**
   * Where the report is, when the question is about a request of the check; null when that only seems
   * so. Looks at nothing else of the question, since any of it may be wrong: the key says which
   * application is checked. Undefined at once for all other questions, which this costs the search in
   * one header.
   */
  return function reportOf(
    request: IncomingMessage,
    isNginx: boolean,
  ): Promise<string | null> | undefined {
    const { cookie } = request.headers
    if (!cookie?.includes(COOKIE)) return undefined
    // Not for the icon that a browser gets with a page: the key works once.
    return asksForPage(request.headers) ? report(request, cookie, isNginx) : undefined
  }

  async function report(request: IncomingMessage, cookie: string, isNginx: boolean) {
    const value = KEY_IN_COOKIE.exec(cookie)?.[1] ?? ''
    const key = await checkKeys.read(value)
    if (key?.step !== 'question') return null
    const application = await forwardAuth.byId(key.applicationId)
    if (!application || checkCookie(application).read(cookie) !== value) return null
    if (!(await checkKeys.use(key))) return null
    return checkAt(
      application,
      await checkKeys.make(application.id, 'asked', arrived(request, isNginx)),
    )
  }

  function arrived(request: IncomingMessage, isNginx: boolean): ArrivedQuestion {
    const { url = '', headers, headersDistinct, httpVersion } = request
    const told = TOLD.flatMap((name) => {
      const values = headersDistinct[name]?.slice(0, MOST).map(shortened)
      return values ? [[name, values] as const] : []
    })
    return {
      isNginx,
      url: shortened(url),
      headers: Object.fromEntries(told),
      address: clientAddress(request),
      closes: httpVersion === '1.0' || /\bclose\b/i.test(headers.connection ?? ''),
    }
  }
}

const shortened = (text: string): string => text.slice(0, LONGEST)
