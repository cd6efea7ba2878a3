import {
  type ActionFunctionArgs,
  type AppLoadContext,
  type LoaderFunctionArgs,
} from '@remix-run/node'
import { Form, useLoaderData } from '@remix-run/react'
import { signUpByMailSchema } from '~/accounts/users/schemas'
import { refused, tooManyAttempts, unprocessable } from '~/web/answers'
import { askForDeviceHints } from '~/web/device-hints'
import { parseForm, readForm, refuseFields } from '~/web/forms'
import { deadLink, enterByLink, formAction, keepLink, requireLink } from '~/web/link-page'
import { allowOpening } from '~/web/open-application'
import { titled } from '~/ui/frame/site'
import { UsernameHint } from '~/ui/controls/email-field'
import { FormStack, SubmitButton } from '~/ui/controls/form'
import { NewPersonFields } from '~/ui/people/person-fields'
import { Notice } from '~/ui/frame/notice'
import { AuthFrame } from '~/ui/frame/page-frame'
import { useFormAnswer } from '~/ui/controls/use-form-answer'

export { clientAction } from '~/ui/controls/client-action'

const PAGE = '/signup-link'

export const meta = titled('Sign up')

export async function loader({ request, context }: LoaderFunctionArgs) {
  const token = new URL(request.url).searchParams.get('token')
  if (token !== null) {
    await requireEmail(token, context)
    throw keepLink({ page: PAGE, request, context }, token)
  }
  const link = requireLink({ page: PAGE, request, context })
  const { email, goingTo = null } = await requireEmail(link.secret, context)
  await allowOpening(goingTo, context)
  askForDeviceHints(context)
  return { email, action: formAction(PAGE, link) }
}

export async function action({ request, context }: ActionFunctionArgs) {
  const form = await readForm(request)
  const link = requireLink({ page: PAGE, request, context })
  await requireEmail(link.secret, context)
  const parsed = parseForm(form, signUpByMailSchema)
  if (!parsed.ok) return unprocessable(parsed)

  const { signUpByMail } = context.services
  const result = await signUpByMail.complete(link.secret, parsed.fields, context.client)
  if (result.ok) return enterByLink({ page: PAGE, request, context }, link, result)
  switch (result.code) {
    case 'TOO_MANY_ATTEMPTS':
      return tooManyAttempts(result, context)
    case 'LINK_INVALID':
      throw linkDoesNotWork()
    case 'EMAIL_TAKEN':
      return refused('This address has an account by now. Sign in to that one.')
    case 'COMMON_PASSWORD':
      return unprocessable(
        refuseFields(form, signUpByMailSchema, {
          password: 'This password is too easy to guess. Choose another one.',
        }),
      )
  }
}

async function requireEmail(secret: string, { services }: AppLoadContext) {
  const found = await services.signUpByMail.find(secret)
  if (!found) throw linkDoesNotWork()
  return found
}

const linkDoesNotWork = () =>
  deadLink(
    'This link has expired or was already used. If you have no account yet, sign up once more.',
  )

export default function SignUpByLink() {
  const { email, action } = useLoaderData<typeof loader>()
  const { problem, errors, typed } = useFormAnswer()
  return (
    <AuthFrame title="Sign up" intro={<span className="wrap-anywhere">With {email}</span>}>
      {problem && <Notice tone="danger" title={problem} />}
      <Form method="post" action={action}>
        <FormStack>
          <UsernameHint email={email} />
          <NewPersonFields errors={errors} typed={typed} withEmail={false} />
          <SubmitButton tone="primary" wide>
            Create account
          </SubmitButton>
        </FormStack>
      </Form>
    </AuthFrame>
  )
}
