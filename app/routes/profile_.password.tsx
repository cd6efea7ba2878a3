import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Form } from '@remix-run/react'
import { changePasswordSchema } from '~/accounts/users/schemas'
import { success, tooManyAttempts, unprocessable } from '~/web/answers'
import { parseForm, readSignedForm, refuseFields } from '~/web/forms'
import { requireViewer, signInPath } from '~/web/guards'
import { receiptMessage } from '~/web/messages'
import { provenAs } from '~/web/step-up'
import { titled } from '~/ui/frame/site'
import { AccountPage } from '~/ui/frame/account-page'
import { Checkbox } from '~/ui/controls/checkbox'
import { FormActions, FormStack, SubmitButton } from '~/ui/controls/form'
import { Notice } from '~/ui/frame/notice'
import { Outcome } from '~/ui/frame/outcome'
import { FormToken } from '~/ui/frame/page-context'
import { Panel } from '~/ui/frame/panel'
import { PasswordField } from '~/ui/controls/password-field'
import { useFormAnswer, useLastDone } from '~/ui/controls/use-form-answer'
import { UsernameHint } from '~/ui/controls/email-field'

export { clientAction } from '~/ui/controls/client-action'

export const meta = titled('Password')

export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireViewer(request, context)
  return null
}

export async function action({ request, context }: ActionFunctionArgs) {
  const viewer = await requireViewer(request, context)
  const form = await readSignedForm(request, context)
  const parsed = parseForm(form, changePasswordSchema)
  if (!parsed.ok) return unprocessable(parsed)

  const acting = await provenAs(viewer, form, context)
  const result = await context.services.ownAccount.changePassword(acting, parsed.fields)
  if (result.ok) {
    const { sessions } = result.receipt
    const detail = sessions > 0 ? receiptMessage(result.receipt).title : undefined
    // The session goes on under a new secret, which this answer hands to the browser.
    // Set past Remix, which forgets the headers of an action when the page after it fails.
    const cookie = context.sessionCookie.issue(result.session, context.services.clock.now())
    context.setHeader('Set-Cookie', cookie)
    return success({ title: 'Password changed', ...(detail && { detail }) })
  }
  if (result.code === 'SESSION_ENDED') throw redirect(signInPath(request, context))
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  return unprocessable(refuseFields(form, changePasswordSchema, ERRORS[result.code]))
}

const ERRORS = {
  WRONG_PASSWORD: { currentPassword: 'That is not your current password.' },
  SAME_PASSWORD: { newPassword: 'This is your current password.' },
  COMMON_PASSWORD: { newPassword: 'This password is too easy to guess. Choose another one.' },
}

export default function Password() {
  const { message, problem, errors } = useFormAnswer()
  return (
    <AccountPage title="Password">
      <Outcome message={message} />
      <Panel
        heading="Change your password"
        description="This browser stays signed in. Elsewhere you sign in again with the new password."
      >
        {/* A new key empties the fields once the password has been changed. */}
        <Form method="post" key={useLastDone()}>
          <FormToken />
          <UsernameHint />
          <FormStack>
            {problem && <Notice tone="danger" title={problem} />}
            <PasswordField
              label="Current password"
              name="currentPassword"
              required
              error={errors.currentPassword}
            />
            <PasswordField
              label="New password"
              name="newPassword"
              autoComplete="new-password"
              required
              hint="At least 8 characters. A phrase of 15 or more characters is stronger."
              error={errors.newPassword}
            />
            <Checkbox
              label="Sign out of all other sessions"
              name="endOthers"
              defaultChecked
              error={errors.endOthers}
            />
            <FormActions>
              <SubmitButton
                tone="primary"
                pendingWhen={{ intent: 'change-password' }}
                name="intent"
                value="change-password"
              >
                Change password
              </SubmitButton>
            </FormActions>
          </FormStack>
        </Form>
      </Panel>
    </AccountPage>
  )
}
