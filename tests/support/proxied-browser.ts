import type { Answered, Asked, Visitor as Client } from './through-proxy'
import { createVisitor, type Visitor } from './visitor'

/** A browser before a proxy: keeps cookies for each host, and follows where it is sent. */
export type ProxiedBrowser = {
  /** The same browser at the account site. */
  person: Visitor
  /** What it keeps of a host. */
  cookiesOf: (origin: string) => Map<string, string>
  cookieHeader: (origin: string) => string
  /** One request, with its cookies of that host, and the path as it is written. */
  ask: (origin: string, path: string, asked?: Asked) => Promise<Answered>
  /** Opens a page as somebody who types its address, wherever that leads. */
  open: (origin: string, path: string) => Promise<Opened>
}

/** Where a page was at last, and every address on the way there. */
export type Opened = Answered & { url: string; way: string[] }

/** As browsers say what they ask for. */
export const NAVIGATES = {
  Accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'Sec-Fetch-Dest': 'document',
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Site': 'none',
}
export const CALLS = {
  Accept: 'application/json, text/html',
  'Sec-Fetch-Dest': 'empty',
  'Sec-Fetch-Mode': 'cors',
  'Sec-Fetch-Site': 'same-origin',
}
export const FRAMES = { ...NAVIGATES, 'Sec-Fetch-Dest': 'iframe', 'Sec-Fetch-Site': 'cross-site' }

/** Browsers give up then. */
const MOST_REDIRECTS = 20

/** @param account the origin of the account site */
export function createProxiedBrowser(client: Client, account: string): ProxiedBrowser {
  const person = createVisitor(account, { fetchBy: fetchThrough(client) })
  const jars = new Map([[account, person.cookies]])

  function cookiesOf(origin: string) {
    const jar = jars.get(origin) ?? new Map<string, string>()
    jars.set(origin, jar)
    return jar
  }

  const cookieHeader = (origin: string) =>
    [...cookiesOf(origin)].map(([name, value]) => `${name}=${value}`).join('; ')

  async function ask(origin: string, path: string, { headers = {}, ...asked }: Asked = {}) {
    const cookie = cookieHeader(origin)
    const answer = await client.ask(origin, path, {
      ...asked,
      headers: { ...(cookie && { Cookie: cookie }), ...headers },
    })
    for (const line of answer.headers['set-cookie'] ?? []) keep(cookiesOf(origin), line)
    return answer
  }

  async function open(origin: string, path: string): Promise<Opened> {
    const way = [origin + path]
    for (let place = { origin, path }; ;) {
      const answer = await ask(place.origin, place.path, { headers: NAVIGATES })
      const { location } = answer.headers
      if (answer.status < 300 || answer.status > 399 || location === undefined) {
        return { ...answer, url: way.at(-1)!, way }
      }
      if (way.length > MOST_REDIRECTS) throw new Error(`Sent round for ever: ${way.join(' ')}`)
      const url = new URL(location, place.origin)
      // Not what URL makes of it: the path as it was written.
      const written = location.startsWith('/') ? location : location.slice(url.origin.length) || '/'
      place = { origin: url.origin, path: written }
      way.push(url.origin + written)
    }
  }

  return { person, cookiesOf, cookieHeader, ask, open }
}

function keep(jar: Map<string, string>, line: string) {
  const [pair = '', ...attributes] = line.split('; ')
  const [name = '', value = ''] = pair.split(/=(.*)/s)
  if (attributes.includes('Max-Age=0')) jar.delete(name)
  else jar.set(name, value)
}

/** `fetch` for what asks with it. */
const fetchThrough =
  (client: Client) =>
  async (url: string, { method, headers, body }: RequestInit & { headers: Headers }) => {
    const { origin } = new URL(url)
    const isForm = body instanceof URLSearchParams
    const answer = await client.ask(origin, url.slice(origin.length), {
      ...(method !== undefined && { method }),
      headers: {
        ...Object.fromEntries(headers),
        ...(isForm && { 'Content-Type': 'application/x-www-form-urlencoded' }),
      },
      ...(isForm && { body: body.toString() }),
    })
    const { status, rawHeaders, text } = answer
    const pairs = rawHeaders.flatMap((name, index) =>
      index % 2 === 0 ? [[name, rawHeaders[index + 1]!] as [string, string]] : [],
    )
    return new Response([204, 304].includes(status) ? null : text, { status, headers: pairs })
  }
