import type { LoaderFunctionArgs } from '@remix-run/node'
import { answerWithOptions } from '~/web/challenge-cookie'
import { requirePending } from '~/web/second-step'

/** What the browser of somebody is to be asked for who makes a passkey as the second step; see ui/security. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const pending = await requirePending({ request, context })
  const { secondStep } = context.services
  return answerWithOptions(context, (browser) => secondStep.optionsToEnrol(pending, browser))
}
