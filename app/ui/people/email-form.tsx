import { Form } from '@remix-run/react'
import { Field } from '../controls/field'
import { FormActions, FormStack, SubmitButton } from '../controls/form'
import { FormToken } from '../frame/page-context'
import { Panel } from '../frame/panel'
import { PasswordField } from '../controls/password-field'

/** The address that a person signs in with. A stolen cookie alone must not change it. */
export function EmailForm({
  email,
  errors,
}: {
  email: string
  errors: Partial<Record<string, string>>
}) {
  return (
    <Panel
      heading="E-mail address"
      description="You sign in with it. Changing it takes your password."
    >
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
