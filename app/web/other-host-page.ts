import type { IncomingMessage, ServerResponse } from 'node:http'
import { markup, sendPlainPage, type PlainFrame } from './plain-page'

/**
 * Answers whoever asked under another name than ORIGIN: an address, say, or what a proxy made of the
 * host. With a link and not a redirect, which a proxy that replaces the host would send round for
 * ever. What the request called the host is not repeated.
 */
export function createOtherHostPage({ origin, ...frame }: PlainFrame & { origin: string }) {
  return function answerOtherHost(request: IncomingMessage, response: ServerResponse): void {
    const address = addressOf(request, origin)
    const body = markup`<p>Go on at <a href="${address}">${origin}</a>. Nothing was done here.</p>
<p>Do you run this server? Its log says what to set.</p>`
    const title = `${frame.siteName} has another address`
    sendPlainPage(response, { status: 421, title, body }, frame)
  }
}

/** The same address under ORIGIN. What a form was sent to may be no page to go to. */
function addressOf({ method, url = '/' }: IncomingMessage, origin: string): string {
  const isRead = method === 'GET' || method === 'HEAD'
  return new URL(isRead ? origin + url : origin).href
}
