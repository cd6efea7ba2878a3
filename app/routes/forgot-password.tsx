import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node'
import { Form, useLoaderData } from '@remix-run/react'
import { onlyEmailSchema } from '~/accounts/users/schemas'
import { tooManyAttempts, unprocessable } from '~/web/answers'
import { parseForm, readForm } from '~/web/forms'
import { onTheWayIn, onTheWayTo, safePath } from '~/web/safe-path'
import { titled, useMailFolder } from '~/ui/frame/site'
import { ButtonLink } from '~/ui/controls/button'
import { EmailField } from '~/ui/controls/email-field'
import { FormStack, SubmitButton } from '~/ui/controls/form'
import { TextLink } from '~/ui/controls/text-link'
import { useFormAnswer, useLastAnswer } from '~/ui/controls/use-form-answer'
import { MailOnItsWay } from '~/ui/frame/mail-on-its-way'
import { Notice } from '~/ui/frame/notice'
import { AuthFrame } from '~/ui/frame/page-frame'

export { clientAction } from '~/ui/controls/client-action'

export const meta = titled('Forgot password?')

export function loader({ request, context }: LoaderFunctionArgs) {
  const redirectTo = safePath(new URL(request.url).searchParams.get('redirectTo'), '')
  return { byMail: context.services.mail.isSetUp, redirectTo }
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await readForm(request)
  if (!context.services.mail.isSetUp) {
    throw new Response('No mail is sent here. Ask an administrator for a link.', { status: 404 })
  }
  const parsed = parseForm(form, onlyEmailSchema)
  if (!parsed.ok) return unprocessable(parsed)
  const { email } = parsed.fields
  const { forgottenPassword } = context.services
  const result = await forgottenPassword.request(email, context.client, onTheWayIn(form))
  return result.ok ? { mailedTo: email } : tooManyAttempts(result, context)
}

export default function ForgotPassword() {
  const { byMail, redirectTo } = useLoaderData<typeof loader>()
  const mailedTo = useLastAnswer<{ mailedTo?: string }>()?.mailedTo
  const isFolder = useMailFolder()
  const back = onTheWayTo(redirectTo, '/login')
  if (!byMail) return <AskAnAdministrator back={back} />
  if (mailedTo !== undefined) {
    return (
      <MailOnItsWay>
        If {mailedTo} has an account here, {isFolder ? 'a mail with ' : ''}a link by which you
        choose a new password {isFolder ? 'was written to the mail folder' : 'is on its way there'}.
        It works for an hour.
      </MailOnItsWay>
    )
  }
  return <AskForLink redirectTo={redirectTo} back={back} />
}

function AskForLink({ redirectTo, back }: { redirectTo: string; back: string }) {
  const { problem, errors, typed } = useFormAnswer()
  const isFolder = useMailFolder()
  return (
    <AuthFrame
      title="Forgot password?"
      intro={
        isFolder
          ? 'No mail is sent here: one with a link is written to the mail folder.'
          : 'We mail you a link by which you choose a new one.'
      }
      footer={<TextLink to={back}>Back to sign-in</TextLink>}
    >
      {problem && <Notice tone="danger" title={problem} />}
      <Form method="post">
        <FormStack>
          <EmailField typed={typed.email} error={errors.email} />
          <input type="hidden" name="redirectTo" value={redirectTo} />
          <SubmitButton tone="primary" wide>
            {isFolder ? 'Write the mail' : 'Mail me a link'}
          </SubmitButton>
        </FormStack>
      </Form>
    </AuthFrame>
  )
}

function AskAnAdministrator({ back }: { back: string }) {
  return (
    <AuthFrame title="Forgot password?">
      <p>
        Ask an administrator. They can give you a link with which you choose a new password; nobody
        else gets to see it, and they cannot choose one for you.
      </p>
      <ButtonLink to={back} wide>
        Back to sign-in
      </ButtonLink>
    </AuthFrame>
  )
}
