import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { readSignedForm } from '~/web/forms'
import { actingAs, findViewer } from '~/web/guards'

/** Signing out changes something, so it is no page to visit. */
export function loader({ context }: LoaderFunctionArgs): never {
  context.setHeader('Allow', 'POST')
  throw new Response('Use the button on any page to sign out.', { status: 405 })
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
    await context.services.sessions.confirmGone()
  }
  context.setHeader('Clear-Site-Data', '"cache", "storage"')
  return redirect('/login?reason=signed-out', {
    headers: { 'Set-Cookie': context.sessionCookie.clear() },
  })
}
