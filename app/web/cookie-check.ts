import type { AppLoadContext } from '@remix-run/node'
import { FormRefused } from './forms'

/**
 * Whoever blocks cookies could sign in and be nobody on the next page; each try would leave a session
 * that no browser has and nobody can sign out of. So the pages with a form that starts a session give
 * a cookie before, without a secret and for as long as the browser runs, and that form does nothing
 * without it.
 */
export const CHECK_COOKIE = 'latchkey-cookies'
const ANYTHING = 'sent-back'

/** For the loader of such a page: gives the cookie to a browser that has none of ours yet. */
export function offerCookie(request: Request, context: AppLoadContext): void {
  if (!sendsCookies(request, context)) {
    context.setHeader('Set-Cookie', context.checkCookie.set(ANYTHING))
  }
}

/**
 * For its action, before anything is looked up or counted. The cookie is offered again: it may only
 * have been cleared while the page was open.
 *
 * @throws FormRefused when the browser sends no cookie of ours
 */
export function requireCookies(
  request: Request,
  context: AppLoadContext,
  form: URLSearchParams,
): void {
  if (sendsCookies(request, context)) return
  offerCookie(request, context)
  throw new FormRefused(422, NEEDS_COOKIES, form)
}

const NEEDS_COOKIES =
  'Your browser sent no cookie, and without one you cannot stay signed in. Allow cookies for this site, then press the button again.'

/** The one of a session counts as well, also when that has ended. */
function sendsCookies(request: Request, context: AppLoadContext): boolean {
  const header = request.headers.get('Cookie')
  return [context.checkCookie, context.sessionCookie].some(
    (cookie) => cookie.readAll(header).length > 0,
  )
}
