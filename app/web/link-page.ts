import { redirect, type AppLoadContext } from '@remix-run/node'
import type { OnTheWay } from '~/accounts/mail'
import type { Admitted } from '~/accounts/sign-in/admit'
import type { LinkCookies, OpenedLink } from './link-cookie'
import { goOn } from './second-step'

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
 * @throws Response 410 when this browser does not hold it
 */
export function requireLink({ page, request, context }: Visit): OpenedLink {
  const id = new URL(request.url).searchParams.get(LINK_PARAMETER)
  const isForm = request.method === 'POST' && page !== '/setup'
  const link = context.linkCookies[page].read(request.headers.get('Cookie'), id)
  if (!link || (isForm && id === null)) {
    throw deadLink(
      'This browser does not hold the link any more. Open it again, with cookies allowed for this site.',
    )
  }
  return link
}

/**
 * 410, of a link that opens nothing (any more), and the one thing to do instead. Whoever is signed in reads
 * it as well, so it sends nobody to sign in: the button below knows who is there.
 */
export const deadLink = (message: string) => new Response(message, { status: 410 })

/** Where the form of this link is sent. */
export const formAction = (page: Visit['page'], { id }: OpenedLink): string =>
  `${page}?${new URLSearchParams({ [LINK_PARAMETER]: id })}`

/** Back to the page without the secret in its address. */
export function keepLink({ page, request, context }: Visit, secret: string): Response {
  const cookie = context.linkCookies[page].add(request.headers.get('Cookie'), secret)
  return redirect(page, { headers: { 'Set-Cookie': cookie } })
}

/** On to another page; the link is used up. */
export const withoutLink = (visit: Visit, link: OpenedLink, to: string): Response =>
  redirect(to, { headers: { 'Set-Cookie': forget(visit, link) } })

/** On to the page of another link, which this browser holds now instead. */
export function exchangeLink(
  visit: Visit,
  link: OpenedLink,
  { page, secret }: { page: Visit['page']; secret: string },
): Response {
  const answer = keepLink({ ...visit, page }, secret)
  answer.headers.append('Set-Cookie', forget(visit, link))
  return answer
}

const forget = ({ page, request, context }: Visit, { secret }: OpenedLink): string =>
  context.linkCookies[page].remove(request.headers.get('Cookie'), secret)

/** On to where somebody was going, signed in, or to the second step; the link is used up. */
export async function enterByLink(
  visit: Visit,
  link: OpenedLink,
  admitted: Admitted & OnTheWay,
): Promise<Response> {
  const response = await goOn(admitted, { ...visit, redirectTo: admitted.goingTo ?? null })
  response.headers.append('Set-Cookie', forget(visit, link))
  return response
}
