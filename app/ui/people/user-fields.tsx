import { Field } from '../controls/field'
import { SelectField } from '../controls/select'

/** What administrators say about a user: never a password. */
export function UserFields({
  user,
  errors,
}: {
  user: Partial<Record<string, string>>
  errors: Partial<Record<string, string>>
}) {
  return (
    <>
      <Field
        label="Name"
        name="name"
        required
        maxLength={100}
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
        defaultValue={user.email}
        error={errors.email}
      />
      <SelectField
        label="Role"
        name="role"
        defaultValue={user.role ?? 'user'}
        options={[
          { value: 'user', label: 'User' },
          { value: 'admin', label: 'Administrator' },
        ]}
        error={errors.role}
      />
    </>
  )
}
