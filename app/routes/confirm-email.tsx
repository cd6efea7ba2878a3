import {
  type ActionFunctionArgs,
  type AppLoadContext,
  type LoaderFunctionArgs,
} from '@remix-run/node'
import { Form, useLoaderData } from '@remix-run/react'
import { refused, tooManyAttempts } from '~/web/answers'
import { readForm } from '~/web/forms'
import { deadLink, formAction, keepLink, requireLink, withoutLink } from '~/web/link-page'
import { titled } from '~/ui/frame/site'
import { ButtonLink } from '~/ui/controls/button'
import { SubmitButton } from '~/ui/controls/form'
import { Notice } from '~/ui/frame/notice'
import { AuthFrame } from '~/ui/frame/page-frame'
import { useFormAnswer } from '~/ui/controls/use-form-answer'

export { clientAction } from '~/ui/controls/client-action'

const PAGE = '/confirm-email'

export const meta = titled('Confirm your e-mail address')

export async function loader({ request, context }: LoaderFunctionArgs) {
  const query = new URL(request.url).searchParams
  if (query.has('done')) return null
  const token = query.get('token')
  if (token !== null) {
    await requireChange(token, context)
    throw keepLink({ page: PAGE, request, context }, token)
  }
  const link = requireLink({ page: PAGE, request, context })
  const { fromEmail, toEmail, user } = await requireChange(link.secret, context)
  return { fromEmail, toEmail, name: user.name, action: formAction(PAGE, link) }
}

export async function action({ request, context }: ActionFunctionArgs) {
  await readForm(request)
  const link = requireLink({ page: PAGE, request, context })
  const result = await context.services.emailChanges.confirm(link.secret, context.client)
  if (result.ok) return withoutLink({ page: PAGE, request, context }, link, `${PAGE}?done=yes`)
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  if (result.code === 'LINK_INVALID') throw linkDoesNotWork()
  return refused('Another account has this e-mail address by now. Nothing was changed.')
}

async function requireChange(secret: string, context: AppLoadContext) {
  const found = await context.services.emailChanges.find(secret)
  if (!found) throw linkDoesNotWork()
  return found.change
}

const linkDoesNotWork = () =>
  deadLink(
    'This link has expired or was already used. If the address is not yours yet, ask for the change again.',
  )

export default function ConfirmEmail() {
  const change = useLoaderData<typeof loader>()
  const { problem } = useFormAnswer()
  if (!change) {
    return (
      <AuthFrame title="E-mail address changed" intro="From now on you sign in with the new one.">
        <ButtonLink to="/profile" tone="primary" wide>
          Go to your profile
        </ButtonLink>
      </AuthFrame>
    )
  }
  const { name, fromEmail, toEmail, action } = change
  return (
    <AuthFrame
      title={`Use this address, ${name}?`}
      intro={`Your account will have ${toEmail} instead of ${fromEmail}.`}
    >
      {problem && <Notice tone="danger" title={problem} />}
      <Form method="post" action={action}>
        <SubmitButton tone="primary" wide>
          Use this address
        </SubmitButton>
      </Form>
    </AuthFrame>
  )
}
