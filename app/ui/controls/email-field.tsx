import { Field } from './field'

/** The e-mail address that one signs in with. */
export function EmailField({
  typed,
  error,
}: {
  typed?: string | undefined
  error?: string | undefined
}) {
  return (
    <Field
      label="E-mail"
      name="email"
      type="email"
      autoComplete="username"
      required
      defaultValue={typed}
      error={error}
    />
  )
}
