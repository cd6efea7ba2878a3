import { redirect, type AppLoadContext } from '@remix-run/node'
import type { Admitted } from '~/accounts/sign-in/admit'
import type { StartedSession } from '~/accounts/sessions/insert'
import { FORM_TOKEN_FIELD, isFormToken } from './form-token'
import { FormRefused, readForm } from './forms'
import { homeAfterSignIn } from './home'
import { onTheWayTo, safePath } from './safe-path'

/*
 * The way from the first step of a sign-in to the second, and on to where somebody wanted to go.
 */

export const PENDING_COOKIE = 'latchkey-pending'
export const SECOND_STEP = '/login/second-step'

/** Why somebody finds themselves at the first step again, as the sign-in page is told. */
export const PENDING_OVER = 'second-step-over'

type Visit = { request: Request; context: AppLoadContext }
/** Where to go on to, as it was asked for. */
type Wanted = { redirectTo?: string | null }

/** On to where somebody wanted to go, signed in; or to the second step, which leads there. */
export async function goOn(
  { session, pending }: Admitted,
  { request, context, redirectTo }: Visit & Wanted,
): Promise<Response> {
  const wanted = safePath(redirectTo ?? null, '')
  if (session) {
    const headers = cookiesOf(session, { request, context })
    return redirect(wanted || (await homeAfterSignIn(session, context)), { headers })
  }
  const seconds = (pending.expiresAt.getTime() - context.services.clock.time()) / 1000
  const cookie = context.pendingCookie.set(pending.secret, Math.ceil(seconds))
  return redirect(onTheWayTo(wanted, SECOND_STEP), { headers: { 'Set-Cookie': cookie } })
}

/** What the browser keeps of a sign-in: the session, that it is known, and perhaps that it is remembered. */
export function cookiesOf(
  session: StartedSession,
  { request, context }: Visit,
  remembered: string | null = null,
): Headers {
  const header = request.headers.get('Cookie')
  const headers = new Headers()
  const { deviceCookies, pendingCookie, sessionCookie, services } = context
  headers.append('Set-Cookie', sessionCookie.issue(session, services.clock.now()))
  for (const line of deviceCookies.keep(header, { known: session.knownDevice, remembered })) {
    headers.append('Set-Cookie', line)
  }
  if (pendingCookie.read(header) !== undefined) headers.append('Set-Cookie', pendingCookie.clear())
  return headers
}

/** What the browser brings to the second step. */
export const pendingSecret = ({ request, context }: Visit): string | undefined =>
  context.pendingCookie.read(request.headers.get('Cookie'))

/**
 * The pending sign-in of this browser.
 *
 * @throws Response a redirect to the first step, which says why, when there is none any more
 */
export async function requirePending({ request, context }: Visit) {
  const pending = await context.services.secondStep.find(pendingSecret({ request, context }))
  if (pending) return pending
  throw pendingOver(request)
}

/** Back to the first step. */
export function pendingOver({ url }: Request): Response {
  const wanted = safePath(new URL(url).searchParams.get('redirectTo'), '')
  const query = new URLSearchParams({ reason: PENDING_OVER })
  if (wanted) query.set('redirectTo', wanted)
  return redirect(`/login?${query}`)
}

/** What a form of the second step sent. Refused unless it carries the token of this pending sign-in. */
export async function readPendingForm(request: Request, formKey: string): Promise<URLSearchParams> {
  const form = await readForm(request)
  const tokens = form.getAll(FORM_TOKEN_FIELD)
  if (tokens.length === 1 && isFormToken(formKey, tokens[0]!)) return form
  throw new FormRefused(403, 'This page was out of date. Look it over and press again.', form)
}
