import { formTokenOf } from './form-token'
import { checkCookie, sessionCookie } from './session-cookie'
import { PASSWORD } from './visitor'

export type Caller = ReturnType<typeof createCaller>

/**
 * Calls with bare session secrets, without loading a page first: for tests that do many things in
 * little time. Whatever keeps an answer from coming is thrown.
 */
export function createCaller(origin: string) {
  const send = (path: string, init: RequestInit = {}) =>
    fetch(origin + path, { ...init, redirect: 'manual' })

  const cookie = (secret: string) => ({ Cookie: sessionCookie(origin, secret) })
  const { name, value } = checkCookie(origin)
  const noSession = { Cookie: `${name}=${value}` }

  /** Sends a form, with a session's cookie and form token unless it is sent by nobody. */
  async function post(path: string, fields: Record<string, string>, secret?: string) {
    const signed =
      secret === undefined ? fields : { ...fields, formToken: await formTokenOf(origin, secret) }
    return send(path, {
      method: 'POST',
      body: new URLSearchParams(signed),
      headers: { Origin: origin, ...(secret === undefined ? noSession : cookie(secret)) },
    })
  }

  return {
    send,
    post,
    /** The status of the session check. */
    check: async (secret: string) =>
      (await send('/api/v1/session', { headers: cookie(secret) })).status,
    page: (path: string, secret: string) => send(path, { headers: cookie(secret) }),
    signUp: async (email: string, password = PASSWORD) =>
      secretIn(await post('/signup', { name: 'Test Person', email, password })),
    signIn: async (email: string, password = PASSWORD) =>
      secretIn(await post('/login', { email, password })),
    signOut: (secret: string) => post('/logout', {}, secret),
    endOthers: (secret: string) =>
      post('/profile', { intent: 'sign-out-of-sessions', confirmed: 'yes' }, secret),
    rename: (secret: string, name: string) => post('/profile', { intent: 'rename', name }, secret),
  }
}

/** The secret that an answer hands out. */
export function secretIn(response: Response): string {
  const [, secret] =
    /(?:^|, )latchkey-\d+=([\w-]{36}\.[\w-]{43})/.exec(response.headers.get('Set-Cookie') ?? '') ??
    []
  if (secret === undefined) throw new Error(`No session was given: ${response.status}`)
  return secret
}
