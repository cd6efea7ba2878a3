import { redirect, type LoaderFunctionArgs } from '@remix-run/node'
import { findViewer } from '~/web/guards'
import { deadLink, keepLink, requireLink } from '~/web/link-page'
import { pendingSecret, SECOND_STEP } from '~/web/second-step'
import { titled } from '~/ui/frame/site'
import { ButtonLink } from '~/ui/controls/button'
import { AuthFrame } from '~/ui/frame/page-frame'

const PAGE = '/add-factor'
const SET_UP = '/profile/security/authenticator'

export const meta = titled('Set up a second factor')

/**
 * Where the link leads that an administrator hands over who took somebody's second factors away. It lets
 * nobody in: the browser keeps it, and where the factor is made it is needed besides the password.
 */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const token = new URL(request.url).searchParams.get('token')
  if (token !== null) {
    if (!(await context.services.administerFactors.isLink(token))) throw linkDoesNotWork()
    throw keepLink({ page: PAGE, request, context }, token)
  }
  requireLink({ page: PAGE, request, context })
  if (await findViewer(request, context)) throw redirect(SET_UP)
  const { secondStep } = context.services
  if (await secondStep.find(pendingSecret({ request, context }))) throw redirect(SECOND_STEP)
  return null
}

const linkDoesNotWork = () =>
  deadLink('This link has expired or was already used. Ask an administrator for another one.')

export default function AddFactor() {
  return (
    <AuthFrame
      title="Set up a second factor"
      intro="This browser keeps the link for ten minutes. Sign in, then set up your new second factor."
    >
      <ButtonLink to={`/login?${new URLSearchParams({ redirectTo: SET_UP })}`} tone="primary" wide>
        Sign in
      </ButtonLink>
    </AuthFrame>
  )
}
