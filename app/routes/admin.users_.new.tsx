import {
  redirect,
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node'
import { Form } from '@remix-run/react'
import { newUserSchema } from '~/accounts/users/schemas'
import { shownOnce, tooManyAttempts, unprocessable } from '~/web/answers'
import { parseForm, readSignedForm, refuseFields } from '~/web/forms'
import { USERNAME_TAKEN } from '~/web/messages'
import { requireAdmin, signInPath } from '~/web/guards'
import { provenAs } from '~/web/step-up'
import { AccountPage } from '~/ui/frame/account-page'
import { ButtonLink } from '~/ui/controls/button'
import { FormActions, FormStack, SubmitButton } from '~/ui/controls/form'
import { FormToken } from '~/ui/frame/page-context'
import { Notice } from '~/ui/frame/notice'
import { Panel } from '~/ui/frame/panel'
import { PasswordLink } from '~/ui/people/password-link'
import { useFormAnswer, useLastAnswer } from '~/ui/controls/use-form-answer'
import { UserFields } from '~/ui/people/person-fields'
import { UsernameField } from '~/ui/people/usernames'

export const meta: MetaFunction = () => [{ title: 'New user · Latchkey' }]

export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireAdmin(request, context)
  return null
}

export async function action({ request, context }: ActionFunctionArgs) {
  const viewer = await requireAdmin(request, context)
  const form = await readSignedForm(request, context)
  const parsed = parseForm(form, newUserSchema)
  if (!parsed.ok) return unprocessable(parsed)

  const acting = await provenAs(viewer, form, context)
  const result = await context.services.administration.create(acting, parsed.fields)
  if (result.ok) {
    const { name } = parsed.fields
    const link = `${context.origin}/password-link?token=${result.secret}`
    return shownOnce({ created: { id: result.userId, name, link } }, context)
  }
  if (result.code === 'EMAIL_TAKEN' || result.code === 'USERNAME_TAKEN') {
    return unprocessable(refuseFields(form, newUserSchema, TAKEN[result.code]))
  }
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  throw redirect(signInPath(request, context))
}

const TAKEN = {
  EMAIL_TAKEN: { email: 'Another account has this e-mail address.' },
  USERNAME_TAKEN: { username: USERNAME_TAKEN },
}

export default function NewUser() {
  const answer = useLastAnswer<{ created?: Invited }>()
  const { problem, errors, typed } = useFormAnswer()
  if (answer?.created) return <Created {...answer.created} />
  return (
    <AccountPage title="New user">
      <Panel
        heading="Who is it?"
        description="You get a link for them, by which they choose their own password."
      >
        <Form method="post">
          <FormToken />
          <FormStack>
            {problem && <Notice tone="danger" title={problem} />}
            <UserFields user={typed} errors={errors} />
            <UsernameField username={typed.username} error={errors.username} />
            <FormActions>
              <SubmitButton
                tone="primary"
                pendingWhen={{ intent: 'create' }}
                name="intent"
                value="create"
              >
                Create user
              </SubmitButton>
              <ButtonLink to="/admin/users" tone="quiet">
                Cancel
              </ButtonLink>
            </FormActions>
          </FormStack>
        </Form>
      </Panel>
    </AccountPage>
  )
}

type Invited = { id: string; name: string; link: string }

function Created({ id, name, link }: Invited) {
  return (
    <AccountPage title="New user">
      <PasswordLink name={name} link={link} />
      <ButtonLink to={`/admin/users/${id}`}>Go to {name}</ButtonLink>
    </AccountPage>
  )
}
