import {
  type ActionFunctionArgs,
  type AppLoadContext,
  type LoaderFunctionArgs,
} from '@remix-run/node'
import { Form, useLoaderData } from '@remix-run/react'
import { tooManyAttempts } from '~/web/answers'
import { readForm } from '~/web/forms'
import { deadLink, exchangeLink, formAction, keepLink, requireLink } from '~/web/link-page'
import { titled } from '~/ui/frame/site'
import { SubmitButton } from '~/ui/controls/form'
import { Notice } from '~/ui/frame/notice'
import { AuthFrame } from '~/ui/frame/page-frame'
import { RelativeTime } from '~/ui/display/relative-time'
import { useFormAnswer } from '~/ui/controls/use-form-answer'

export { clientAction } from '~/ui/controls/client-action'

const PAGE = '/take-back-email'

export const meta = titled('Take your e-mail address back')

export async function loader({ request, context }: LoaderFunctionArgs) {
  const token = new URL(request.url).searchParams.get('token')
  if (token !== null) {
    await requireChange(token, context)
    throw keepLink({ page: PAGE, request, context }, token)
  }
  const link = requireLink({ page: PAGE, request, context })
  const { user, restores, since } = await requireChange(link.secret, context)
  return { name: user.name, email: user.email, restores, since, action: formAction(PAGE, link) }
}

export async function action({ request, context }: ActionFunctionArgs) {
  await readForm(request)
  const link = requireLink({ page: PAGE, request, context })
  const result = await context.services.takeBackEmail.takeBack(link.secret, context.client)
  if (result.ok) {
    const visit = { page: PAGE, request, context } as const
    return exchangeLink(visit, link, { page: '/password-link', secret: result.passwordSecret })
  }
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  throw linkDoesNotWork()
}

async function requireChange(secret: string, context: AppLoadContext) {
  const found = await context.services.takeBackEmail.find(secret)
  if (!found) throw linkDoesNotWork()
  return found
}

const linkDoesNotWork = () =>
  deadLink(
    'This link has expired or was already used. If somebody else has your account, ask an administrator.',
  )

export default function TakeBackEmail() {
  const { name, email, restores, since, action } = useLoaderData<typeof loader>()
  const { problem } = useFormAnswer()
  return (
    <AuthFrame
      title="Take your address back?"
      intro={
        <>
          The account of {name} has {email} now, instead of {restores}.
        </>
      }
    >
      {problem && <Notice tone="danger" title={problem} />}
      <ul className="grid list-disc gap-1.5 pl-5 text-soft">
        <li>You are signed out everywhere.</li>
        <li>
          What was added since it changed (<RelativeTime at={since} />) is removed: passkeys,
          authenticator, API tokens, links.
        </li>
        <li>You choose a new password next. The old one stops working.</li>
      </ul>
      <Form method="post" action={action}>
        <SubmitButton tone="danger" wide>
          Take it back and sign out everywhere
        </SubmitButton>
      </Form>
    </AuthFrame>
  )
}
