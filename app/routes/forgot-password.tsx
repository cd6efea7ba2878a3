import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node'
import { Form, useLoaderData } from '@remix-run/react'
import { onlyEmailSchema } from '~/accounts/users/schemas'
import { tooManyAttempts, unprocessable } from '~/web/answers'
import { parseForm, readForm } from '~/web/forms'
import { ButtonLink } from '~/ui/controls/button'
import { EmailField } from '~/ui/controls/email-field'
import { FormStack, SubmitButton } from '~/ui/controls/form'
import { TextLink } from '~/ui/controls/text-link'
import { useFormAnswer, useLastAnswer } from '~/ui/controls/use-form-answer'
import { MailOnItsWay } from '~/ui/frame/mail-on-its-way'
import { Notice } from '~/ui/frame/notice'
import { AuthFrame } from '~/ui/frame/page-frame'

export const meta: MetaFunction = () => [{ title: 'Forgot your password? · Latchkey' }]

export function loader({ context }: LoaderFunctionArgs) {
  return { byMail: context.services.mail.isSetUp }
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await readForm(request)
  if (!context.services.mail.isSetUp) {
    throw new Response('No mail is sent here. Ask an administrator for a link.', { status: 404 })
  }
  const parsed = parseForm(form, onlyEmailSchema)
  if (!parsed.ok) return unprocessable(parsed)
  const { email } = parsed.fields
  const result = await context.services.forgottenPassword.request(email, context.client)
  return result.ok ? { mailedTo: email } : tooManyAttempts(result, context)
}

export default function ForgotPassword() {
  const { byMail } = useLoaderData<typeof loader>()
  const mailedTo = useLastAnswer<{ mailedTo?: string }>()?.mailedTo
  if (!byMail) return <AskAnAdministrator />
  if (mailedTo !== undefined) {
    return (
      <MailOnItsWay>
        If {mailedTo} has an account here, a link by which you choose a new password is on its way
        there. It works for an hour.
      </MailOnItsWay>
    )
  }
  return <AskForLink />
}

function AskForLink() {
  const { problem, errors, typed } = useFormAnswer()
  return (
    <AuthFrame
      title="Forgot your password?"
      intro="We mail you a link by which you choose a new one."
      footer={<TextLink to="/login">Back to sign-in</TextLink>}
    >
      {problem && <Notice tone="danger" title={problem} />}
      <Form method="post">
        <FormStack>
          <EmailField typed={typed.email} error={errors.email} />
          <SubmitButton tone="primary" wide>
            Mail me a link
          </SubmitButton>
        </FormStack>
      </Form>
    </AuthFrame>
  )
}

function AskAnAdministrator() {
  return (
    <AuthFrame title="Forgot your password?">
      <p>
        Ask an administrator of this Latchkey. They can give you a link with which you choose a new
        password; nobody else gets to see it, and they cannot choose one for you.
      </p>
      <ButtonLink to="/login" wide>
        Back to sign-in
      </ButtonLink>
    </AuthFrame>
  )
}
