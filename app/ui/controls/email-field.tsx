import { usePageContext } from '../frame/page-context'
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

/** Tells password managers whose password a form is about. Nobody sees it and the server ignores it. */
export function UsernameHint({ email }: { email?: string }) {
  const page = usePageContext()
  return (
    <input
      type="text"
      name="username"
      autoComplete="username"
      value={email ?? page?.viewer.email ?? ''}
      readOnly
      hidden
    />
  )
}
