import { request, type Sent } from './request'
import type { TestServer } from './server'
import type { Visitor } from './visitor'

/*
 * A browser at an application, and the proxy before it: sends what a proxy sends, with the cookies that
 * the browser has of the application's host.
 */

export type ApplicationVisitor = ReturnType<typeof createApplicationVisitor>

type Application = { id: string; address: string }

/** What a browser sends when somebody opens a page. */
export const NAVIGATION = {
  Accept: 'text/html,*/*;q=0.8',
  'Sec-Fetch-Dest': 'document',
  'Sec-Fetch-Mode': 'navigate',
}

/** @param person the same browser at the account site */
export function createApplicationVisitor(
  server: Pick<TestServer, 'port' | 'origin'>,
  { id, address }: Application,
  person?: Visitor,
) {
  const cookies = new Map<string, string>()
  const cookieHeader = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')

  function keep(answer: Response): Response {
    for (const line of answer.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split('; ')
      const [name = '', value = ''] = pair.split(/=(.*)/s)
      if (attributes.includes('Max-Age=0')) cookies.delete(name)
      else cookies.set(name, value)
    }
    return answer
  }

  const withCookies = (headers: Sent['headers'] = {}) =>
    cookies.size > 0 ? { Cookie: cookieHeader(), ...headers } : headers

  /** What nginx asks about a request of this browser. */
  function ask(
    target = '/',
    { method = 'GET', headers = NAVIGATION }: Omit<Sent, 'body'> = {},
  ): Promise<Response> {
    return request(server, `/api/v1/auth-request/${id}`, {
      headers: {
        'X-Original-Method': method,
        'X-Original-URL': address + target,
        ...withCookies(headers),
      },
    })
  }

  /** What Caddy asks. */
  function askForward(
    target = '/',
    { method = 'GET', headers = NAVIGATION }: Omit<Sent, 'body'> = {},
  ): Promise<Response> {
    const { protocol, host } = new URL(address)
    return request(server, `/api/v1/forward-auth/${id}`, {
      headers: {
        'X-Forwarded-Method': method,
        'X-Forwarded-Proto': protocol.slice(0, -1),
        'X-Forwarded-Host': host,
        'X-Forwarded-Uri': target,
        ...withCookies(headers),
      },
    })
  }

  /** One of Latchkey's pages at the application's host. */
  async function at(path: string, { headers, ...sent }: Sent = {}): Promise<Response> {
    const { host } = new URL(address)
    return keep(
      await request(server, path, { ...sent, headers: { Host: host, ...withCookies(headers) } }),
    )
  }

  const pathOf = (answer: Response) => {
    const url = new URL(answer.headers.get('Location')!)
    return url.pathname + url.search
  }

  /** Begins to sign in: returns the path at the account site that the browser is sent to. */
  const start = async (to = '/') =>
    pathOf(await at(`/.latchkey/start?to=${encodeURIComponent(to)}`, { headers: NAVIGATION }))

  /** The account site's answer to that path: on to the application's host with a code. */
  const open = async (path: string) => person!.get(path, NAVIGATION)

  /** The whole way in. Returns the last answer, which leads to the page that was asked for. */
  async function signIn(to = '/'): Promise<Response> {
    const opened = await open(await start(to))
    if (opened.status !== 303) return opened
    return at(pathOf(opened), { headers: NAVIGATION })
  }

  const application = { id, address }
  return { application, cookies, cookieHeader, ask, askForward, at, start, open, signIn, pathOf }
}
