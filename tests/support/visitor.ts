import { formTokenIn } from './form-token'
import { checkCookie, sessionCookieName } from './session-cookie'

/**
 * A browser without a screen: keeps cookies, sends forms as browsers do, follows nothing by itself.
 */
export type Visitor = ReturnType<typeof createVisitor>

export const PASSWORD = 'seven green lanterns'

export type VisitorOptions = {
  userAgent?: string
  /** Where a trusted proxy says that the requests come from. */
  ip?: string
  /** Is given a copy of every answer. */
  onAnswer?: (answer: Response) => void
  /** How its requests are sent, where a name is not to be looked up by DNS. */
  fetchBy?: (url: string, init: RequestInit & { headers: Headers }) => Promise<Response>
}

export function createVisitor(
  origin: string,
  { userAgent = 'Mozilla/5.0 test', ip, onAnswer, fetchBy = fetch }: VisitorOptions = {},
) {
  const fromSignInPage = checkCookie(origin)
  const cookies = new Map([[fromSignInPage.name, fromSignInPage.value]])

  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    if (cookies.size > 0 && !headers.has('Cookie')) headers.set('Cookie', cookieHeader())
    if (!headers.has('User-Agent')) headers.set('User-Agent', userAgent)
    if (ip) headers.set('X-Forwarded-For', ip)
    const response = await fetchBy(origin + path, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) keep(line)
    onAnswer?.(response.clone())
    return response
  }

  function keep(line: string) {
    const [pair = '', ...attributes] = line.split('; ')
    const [name = '', value = ''] = pair.split(/=(.*)/s)
    if (attributes.includes('Max-Age=0')) cookies.delete(name)
    else cookies.set(name, value)
  }

  const cookieHeader = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')

  const get = (path: string, headers: HeadersInit = {}) => send(path, { headers })

  /** Sends a form from a page of ours. Without `formToken` for people who are not signed in. */
  function post(path: string, fields: Fields = {}, headers: Record<string, string> = {}) {
    return send(path, {
      method: 'POST',
      body: new URLSearchParams(pairs(fields)),
      headers: { Origin: origin, ...headers },
    })
  }

  /** Sends a form with the token that the page carries. */
  async function submit(path: string, fields: Fields = {}, headers: Record<string, string> = {}) {
    return post(path, { formToken: await formToken(), ...fields }, headers)
  }

  /** The same for what is asked twice: as the second press sends it. */
  const confirm = (path: string, fields: Fields = {}) =>
    submit(path, { confirmed: 'yes', ...fields })

  /** The token in the forms of the signed-in person's pages. To ask for it is no activity. */
  async function formToken(): Promise<string> {
    const html = await (await get('/profile', { 'Latchkey-Background': '1' })).text()
    return formTokenIn(html)
  }

  return {
    cookies,
    cookieHeader,
    /** The secret in the session cookie. */
    secret: () => cookies.get(sessionCookieName(origin)),
    setSecret: (secret: string) => cookies.set(sessionCookieName(origin), secret),
    send,
    get,
    post,
    submit,
    confirm,
    formToken,
    signUp: (email: string, name = 'Test Person', password = PASSWORD) =>
      post('/signup', { name, email, password }),
    /** Uses a set-up link: the first administrator's way in. */
    async setUp(token: string, email: string, name = 'Test Administrator', password = PASSWORD) {
      await get(`/setup?token=${token}`)
      return post('/setup', { name, email, password })
    },
    signIn: (email: string, password = PASSWORD, more: Fields = {}) =>
      post('/login', { email, password, ...more }),
    /** Who is signed in, and by which session. */
    async identity() {
      const answer = await get('/api/v1/session')
      return (await answer.json()) as { user: { id: string }; session: { id: string } }
    },
    /** Whether this browser is signed in. */
    async isSignedIn() {
      return (await get('/api/v1/session')).status === 200
    },
  }
}

type Fields = Record<string, string | readonly string[]>

const pairs = (fields: Fields): string[][] =>
  Object.entries(fields).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((one) => [name, one]),
  )
