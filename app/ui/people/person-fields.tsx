import { EmailField } from '../controls/email-field'
import { Field } from '../controls/field'
import { PasswordField } from '../controls/password-field'
import { SelectField } from '../controls/select'

/** Name, e-mail address and a password of one's own: what a new account starts with. */
export function NewPersonFields({
  errors,
  typed,
  emailHint,
  withEmail = true,
}: {
  errors: Partial<Record<string, string>>
  typed: Partial<Record<string, string>>
  emailHint?: string
  /** Not where the address is known already. */
  withEmail?: boolean
}) {
  return (
    <>
      <Field
        label="Name"
        name="name"
        autoComplete="name"
        required
        defaultValue={typed.name}
        error={errors.name}
      />
      {withEmail && <EmailField typed={typed.email} error={errors.email} hint={emailHint} />}
      <PasswordField
        label="Password"
        name="password"
        autoComplete="new-password"
        required
        hint="At least 8 characters. A phrase of 15 or more characters is stronger."
        error={errors.password}
      />
    </>
  )
}

/** What administrators say about a user: never a password. What would be refused is not offered. */
export function UserFields({
  user,
  errors,
  isSelf = false,
  isLastAdministrator = false,
}: {
  user: Partial<Record<string, string>>
  errors: Partial<Record<string, string>>
  isSelf?: boolean
  isLastAdministrator?: boolean
}) {
  return (
    <>
      <Field
        label="Name"
        name="name"
        required
        autoComplete="off"
        defaultValue={user.name}
        error={errors.name}
      />
      <Field
        label="E-mail"
        name="email"
        type="email"
        required
        autoComplete="off"
        readOnly={isSelf}
        hint={isSelf ? 'Your own e-mail address is changed in your profile.' : undefined}
        defaultValue={user.email}
        error={errors.email}
      />
      <SelectField
        label="Role"
        name="role"
        defaultValue={user.role ?? 'user'}
        options={[
          ...(isLastAdministrator ? [] : [{ value: 'user', label: 'User' }]),
          { value: 'admin', label: 'Administrator' },
        ]}
        hint={
          isLastAdministrator
            ? 'The only administrator stays one. Make somebody else one first.'
            : undefined
        }
        error={errors.role}
      />
    </>
  )
}
