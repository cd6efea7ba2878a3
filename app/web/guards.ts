import { redirect, type AppLoadContext } from '@remix-run/node'
import type { ActingByToken, Scope } from '~/accounts/api-tokens/scopes'
import type { Acting, Viewer } from '~/accounts/viewer'
import { json } from './answers'
import { readAuthorization } from './authorization'
import { isBackgroundRequest } from './background'
import { homeOf } from './home'
import { safePath } from './safe-path'

/**
 * The first line of every loader and action that is not for everybody. A guarded parent route
 * protects no child: each loader can be called alone.
 */

/** The signed-in person, or a redirect to the sign-in page that leads back here. */
export async function requireViewer(request: Request, context: AppLoadContext): Promise<Viewer> {
  const viewer = await findViewer(request, context)
  if (viewer) return viewer
  // Whoever sent a form is told that their session is gone, as final as if this had ended it.
  if (!isRead(request)) await context.services.sessions.confirmGone()
  throw redirect(signInPath(request, context))
}

/** The signed-in administrator; 403 for everybody else who is signed in. */
export async function requireAdmin(request: Request, context: AppLoadContext): Promise<Viewer> {
  const viewer = await requireViewer(request, context)
  if (viewer.user.role !== 'admin') {
    context.log.warn({ userId: viewer.user.id }, 'administration refused')
    throw new Response('This page is for administrators.', { status: 403 })
  }
  return viewer
}

/** For pages that make no sense to somebody who is signed in. */
export async function requireAnonymous(request: Request, context: AppLoadContext): Promise<void> {
  const viewer = await findViewer(request, context)
  if (!viewer) return
  const wanted = safePath(new URL(request.url).searchParams.get('redirectTo'), '')
  throw redirect(wanted || (await homeOf(viewer.user.id, context)))
}

/** The signed-in person, if any. A navigation or a form counts as activity of the session. */
export async function findViewer(
  request: Request,
  context: AppLoadContext,
): Promise<Viewer | null> {
  const secret = context.sessionCookie.read(request.headers.get('Cookie'))
  const { sessions } = context.services
  const session = await sessions.verifySession(secret)
  if (!session) return null
  context.setResponseOwner(session.value)
  if (!isBackgroundRequest(request)) await sessions.recordActivity(session, context.client.ip)
  return session.value
}

/**
 * The guard of the JSON API: whoever holds a token with this scope. A cookie is never looked at, so
 * no page can make a browser use the API. 401 without a token that works, 403 without the scope.
 */
export async function requireToken(
  request: Request,
  context: AppLoadContext,
  scope: Scope,
): Promise<ActingByToken> {
  const { ip } = context.client
  const authorization = readAuthorization(request.headers.get('Authorization'))
  const token = authorization.kind === 'bearer' ? authorization.token : undefined
  const bearer = await context.services.tokens.verify(token, ip)
  if (!bearer) {
    context.setHeader('WWW-Authenticate', 'Bearer')
    throw json({ error: 'unauthorized' }, 401)
  }
  if (!bearer.token.scopes.includes(scope)) {
    context.log.warn({ userId: bearer.user.id, scope }, 'token without the scope refused')
    throw json({ error: 'forbidden', missingScope: scope }, 403)
  }
  return { bearer, ip }
}

/** The viewer with where they act from. */
export const actingAs = (viewer: Viewer, context: AppLoadContext): Acting => ({
  viewer,
  ip: context.client.ip,
})

/** Where somebody whose session is gone signs in again, and is told so. */
export function signInPath(request: Request, context: AppLoadContext): string {
  const { pathname, search } = new URL(request.url)
  const query = new URLSearchParams()
  // What a form was sent to may be no page to come back to.
  const wanted = isRead(request) ? safePath(pathname + search, '/') : '/'
  if (wanted !== '/' && wanted !== '/apps') query.set('redirectTo', wanted)
  const hadSession = context.sessionCookie.read(request.headers.get('Cookie')) !== undefined
  if (hadSession) query.set('reason', 'ended')
  return query.size > 0 ? `/login?${query}` : '/login'
}

const isRead = ({ method }: Request) => method === 'GET' || method === 'HEAD'
