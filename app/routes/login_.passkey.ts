import type { LoaderFunctionArgs } from '@remix-run/node'
import { answerWithOptions } from '~/web/challenge-cookie'

/** What the browser of somebody who wants to sign in is to be asked for; see ui/security. */
export async function loader({ context }: LoaderFunctionArgs) {
  return answerWithOptions(context, context.services.passkeys.options)
}
