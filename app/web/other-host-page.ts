import { hash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** A page of its own without scripts, in the colours of the others. */
const STYLE = `:root { color-scheme: light dark; font: 1rem/1.5 ui-sans-serif, system-ui, sans-serif }
body { max-width: 32rem; margin: 20vh auto; padding: 0 1.5rem; overflow-wrap: anywhere }
h1 { font-size: 1.25rem }
a { color: light-dark(#1f6f5c, #7cc9b2) }`

const ALLOW_STYLE = `style-src 'sha256-${hash('sha256', STYLE, 'base64')}'`

/**
 * Answers whoever asked under another name than ORIGIN: an address, say, or what a proxy made of the
 * host. With a link and not a redirect, which a proxy that replaces the host would send round for
 * ever. What the request called the host is not repeated.
 *
 * @param headers of every answer that is no page of Remix, with its content security policy
 */
export function createOtherHostPage({
  origin,
  headers,
}: {
  origin: string
  headers: Readonly<Record<string, string>>
}) {
  const policy = `${headers['Content-Security-Policy']}; ${ALLOW_STYLE}`

  return function answerOtherHost(request: IncomingMessage, response: ServerResponse): void {
    const body = Buffer.from(pageWithLink(addressOf(request, origin), origin))
    response.writeHead(421, {
      ...headers,
      'Content-Security-Policy': policy,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Length': body.length,
    })
    response.end(body)
  }
}

/** The same address under ORIGIN. What a form was sent to may be no page to go to. */
function addressOf({ method, url = '/' }: IncomingMessage, origin: string): string {
  const isRead = method === 'GET' || method === 'HEAD'
  return new URL(isRead ? origin + url : origin).href
}

const pageWithLink = (address: string, origin: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Another address · Latchkey</title>
<style>${STYLE}</style>
<main>
<h1>Latchkey has another address</h1>
<p>Go on at <a href="${escapeHtml(address)}">${escapeHtml(origin)}</a>. Nothing was done here.</p>
<p>Do you run this server? Its log says what to set.</p>
</main>
</html>
`

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
