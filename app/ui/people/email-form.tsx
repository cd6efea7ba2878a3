import { Form } from '@remix-run/react'
import { Field } from '../controls/field'
import { FormActions, FormStack, SubmitButton } from '../controls/form'
import { useMailFolder } from '../frame/site'
import { Notice } from '../frame/notice'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'
import { PasswordField } from '../controls/password-field'
import { useLastDone } from '../controls/use-form-answer'

/** The address that a person signs in with. A stolen cookie alone must not change it. */
export function EmailForm({
  email,
  newEmail,
  errors,
}: {
  email: string
  /** The one that waits for a press in its mailbox. */
  newEmail: string | null
  errors: Partial<Record<string, string>>
}) {
  return (
    <Panel
      heading="E-mail address"
      description="You sign in with it. Changing it takes your password."
    >
      {newEmail !== null && <WaitingFor email={newEmail} />}
      <Form method="post">
        <FormToken />
        <FormStack>
          <Field
            key={email}
            label="E-mail"
            name="email"
            type="email"
            autoComplete="email"
            required
            defaultValue={email}
            error={errors.email}
          />
          <PasswordField
            // Of a change that was made nothing stays typed.
            key={useLastDone()}
            label="Current password"
            name="currentPassword"
            required
            error={errors.currentPassword}
          />
          <FormActions>
            <SubmitButton name="intent" value="change-email">
              Save e-mail address
            </SubmitButton>
          </FormActions>
        </FormStack>
      </Form>
    </Panel>
  )
}

function WaitingFor({ email }: { email: string }) {
  return (
    <div className="mb-4.5">
      <Notice title={`Waiting for ${email} to be confirmed`}>
        Open the link in the mail that was{' '}
        {useMailFolder() ? 'written to the mail folder' : 'sent there'}. Until then you sign in with
        the old one.
        <Form method="post" className="mt-2">
          <FormToken />
          <SubmitButton size="small" name="intent" value="cancel-email-change">
            Keep the old one
          </SubmitButton>
        </Form>
      </Notice>
    </div>
  )
}
