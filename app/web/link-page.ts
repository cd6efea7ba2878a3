import { redirect, type AppLoadContext } from '@remix-run/node'
import type { StartedSession } from '~/accounts/sessions/insert'
import { homeAfterSignIn } from './home'
import type { LinkCookies, OpenedLink } from './link-cookie'

/**
 * The pages that a one-time link leads to. Its secret moves at once from the address bar, where
 * histories and screenshots keep it, into a cookie, and the page shows itself without it. The page's
 * form names the link that it was shown for: another one may be opened in this browser meanwhile.
 */
type Visit = { page: keyof LinkCookies; request: Request; context: AppLoadContext }

const LINK_PARAMETER = 'link'

/**
 * The link that the page or its form is about. A form has to name it, which only the page that was shown
 * for it can: what follows links, and sends forms of its own, uses none up.
 *
 * @throws Response 404 when this browser does not hold it
 */
export function requireLink({ page, request, context }: Visit): OpenedLink {
  const id = new URL(request.url).searchParams.get(LINK_PARAMETER)
  const isForm = request.method === 'POST' && page !== '/setup'
  const link = context.linkCookies[page].read(request.headers.get('Cookie'), id)
  if (!link || (isForm && id === null)) {
    throw new Response(
      'This browser does not hold the link any more. If you used it already, sign in. Otherwise ' +
        'open it again, with cookies allowed for this site.',
      { status: 404 },
    )
  }
  return link
}

/** Where the form of this link is sent. */
export const formAction = (page: Visit['page'], { id }: OpenedLink): string =>
  `${page}?${new URLSearchParams({ [LINK_PARAMETER]: id })}`

/** Back to the page without the secret in its address. */
export function keepLink({ page, request, context }: Visit, secret: string): Response {
  const cookie = context.linkCookies[page].add(request.headers.get('Cookie'), secret)
  return redirect(page, { headers: { 'Set-Cookie': cookie } })
}

/** On to where people land, signed in; the link is used up. */
export async function enterByLink(
  { page, request, context }: Visit,
  { secret }: OpenedLink,
  session: StartedSession,
): Promise<Response> {
  const headers = new Headers()
  const { clock } = context.services
  headers.append(
    'Set-Cookie',
    context.linkCookies[page].remove(request.headers.get('Cookie'), secret),
  )
  headers.append('Set-Cookie', context.sessionCookie.issue(session, clock.now()))
  return redirect(await homeAfterSignIn(session, context), { headers })
}
