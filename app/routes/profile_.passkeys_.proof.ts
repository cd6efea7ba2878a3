import type { LoaderFunctionArgs } from '@remix-run/node'
import { answerWithOptions } from '~/web/challenge-cookie'
import { requireViewer } from '~/web/guards'

/** What the browser of somebody is to be asked for who proves again who they are; see web/step-up.ts. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const viewer = await requireViewer(request, context)
  const { stepUp } = context.services
  return answerWithOptions(context, (browser) => stepUp.optionsFor(viewer, browser))
}
