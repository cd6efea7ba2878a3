import type { ActionFunctionArgs, AppLoadContext, LoaderFunctionArgs } from '@remix-run/node'
import { isRouteErrorResponse, useRouteError } from '@remix-run/react'
import { ButtonLink } from '~/ui/controls/button'
import { SignOut } from '~/ui/frame/signed-in-frame'
import { usePageContext } from '~/ui/frame/page-context'
import { ErrorPage } from '~/ui/frame/page-frame'
import { unavailableIn, unknownOutcomeIn } from '~/ui/frame/error-data'
import { UnknownOutcomePage } from '~/ui/frame/unknown-outcome-page'
import { signedOut } from '~/web/answers'
import { readSignedForm } from '~/web/forms'
import { actingAs, findViewer } from '~/web/guards'

/** Signing out changes something, so it is no page to visit. */
export function loader({ context }: LoaderFunctionArgs): never {
  context.setHeader('Allow', 'POST')
  throw new Response('Press the button to sign out.', { status: 405 })
}

/**
 * Ends the session of this browser and clears what the browser stored. Somebody whose session is
 * gone already gets the same answer: they wanted to be out, and are.
 */
export async function action({ request, context }: ActionFunctionArgs) {
  const viewer = await findViewer(request, context)
  if (viewer) {
    await readSignedForm(request, context)
    await context.services.sessions.endOwn(actingAs(viewer, context))
  } else {
    await endAllOf(request, context)
  }
  return signedOut('signed-out', context)
}

/**
 * A session cookie that comes twice counts as none, and yet each may open something: both sessions end.
 * It needs no form token: whoever put a second cookie there can at most have their own session ended.
 */
async function endAllOf(request: Request, context: AppLoadContext) {
  const { sessions } = context.services
  const secrets = new Set(context.sessionCookie.readAll(request.headers.get('Cookie')))
  for (const secret of [...secrets].slice(0, MOST_COOKIES)) {
    const viewer = await sessions.verify(secret)
    if (viewer) await sessions.endOwn(actingAs(viewer, context))
  }
  await sessions.confirmGone()
}

/** More than browsers have paths with a cookie of ours on them. */
const MOST_COOKIES = 10

/** Why the person is not signed out, and the button once more: this page's is up to date. */
export function ErrorBoundary() {
  const error = useRouteError()
  const page = usePageContext()
  const outcome = unknownOutcomeIn(error)
  if (outcome) return <UnknownOutcomePage outcome={outcome} />
  const said = isRouteErrorResponse(error) && typeof error.data === 'string' ? error.data : ''
  const reason = unavailableIn(error)?.message ?? said
  if (!page) {
    const action = <ButtonLink to="/login">Go to sign-in</ButtonLink>
    return (
      <ErrorPage title="You are not signed in" message="Nothing is left to do." action={action} />
    )
  }
  return (
    <ErrorPage
      title={`You are still signed in, ${page.viewer.name}`}
      message={reason || 'It was our fault and has been written down. Try again.'}
      action={
        <>
          <SignOut />
          <ButtonLink to="/profile" tone="quiet" size="small">
            Stay signed in
          </ButtonLink>
        </>
      }
    />
  )
}
