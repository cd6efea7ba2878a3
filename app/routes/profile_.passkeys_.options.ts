import type { LoaderFunctionArgs } from '@remix-run/node'
import { answerWithOptions } from '~/web/challenge-cookie'
import { actingAs, requireViewer } from '~/web/guards'

/** What the browser of somebody who wants another passkey is to be asked for; see ui/security. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const acting = actingAs(await requireViewer(request, context), context)
  const { passkeys } = context.services
  return answerWithOptions(context, (browser) => passkeys.optionsToAdd(acting, browser))
}
