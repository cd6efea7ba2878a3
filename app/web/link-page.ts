import { redirect, type AppLoadContext } from '@remix-run/node'
import type { StartedSession } from '~/accounts/sessions/insert'

/**
 * The pages that a one-time link leads to. Its secret moves at once from the address bar, where
 * histories and screenshots keep it, into a cookie, and the page shows itself without it.
 */

/** The secret that this browser came with. */
export const readLink = (request: Request, context: AppLoadContext): string | undefined =>
  context.linkCookie.read(request.headers.get('Cookie'))

/** Back to the page without the secret in its address. */
export const keepLink = (secret: string, path: string, context: AppLoadContext): Response =>
  redirect(path, { headers: { 'Set-Cookie': context.linkCookie.issue(secret) } })

/** On to the profile, signed in; the link is used up. */
export function enterByLink(session: StartedSession, context: AppLoadContext): Response {
  const headers = new Headers()
  const { clock } = context.services
  headers.append('Set-Cookie', context.linkCookie.clear())
  headers.append('Set-Cookie', context.sessionCookie.issue(session, clock.now()))
  return redirect('/profile', { headers })
}
