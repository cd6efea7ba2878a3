import { sessionCookie } from './session-cookie'

/** By session: a token fits for as long as the session lasts, whatever becomes of its secret. */
const tokens = new Map<string, string>()

/** A form token of the session with this secret, as its pages carry it. To ask for it is no activity. */
export async function formTokenOf(origin: string, secret: string): Promise<string> {
  const [id = ''] = secret.split('.', 1)
  const known = tokens.get(id)
  if (known !== undefined) return known
  const headers = { Cookie: sessionCookie(origin, secret), 'Latchkey-Background': '1' }
  const answer = await fetch(`${origin}/profile/password`, { headers, redirect: 'manual' })
  const token = formTokenIn(await answer.text())
  if (token !== '') tokens.set(id, token)
  return token
}

/** The form token in a page; empty when there is none. */
export const formTokenIn = (html: string): string =>
  /name="formToken" value="([^"]+)"/.exec(html)?.[1] ?? ''
