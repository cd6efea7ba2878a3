import { EmailField } from '../controls/email-field'
import { Field } from '../controls/field'
import { PasswordField } from '../controls/password-field'

/** Name, e-mail address and a password of one's own: what a new account starts with. */
export function NewPersonFields({
  errors,
  typed,
}: {
  errors: Partial<Record<string, string>>
  typed: Partial<Record<string, string>>
}) {
  return (
    <>
      <Field
        label="Name"
        name="name"
        autoComplete="name"
        required
        maxLength={100}
        defaultValue={typed.name}
        error={errors.name}
      />
      <EmailField typed={typed.email} error={errors.email} />
      <PasswordField
        label="Password"
        name="password"
        autoComplete="new-password"
        required
        hint="At least 8 characters. A sentence of 15 or more is better."
        error={errors.password}
      />
    </>
  )
}
