import { usePageContext } from '../frame/page-context'
import { Field } from './field'

type Props = { typed?: string | undefined; error?: string | undefined }

/** What one signs in with. Of type text, since browsers let nothing but addresses into one for e-mail. */
export function EmailOrUsernameField({
  typed,
  error,
  blamedBy,
  offersPasskeys,
}: Props & {
  blamedBy: string | undefined
  /** Whether browsers may offer passkeys where they offer addresses. */
  offersPasskeys: boolean
}) {
  return (
    <Field
      label="E-mail"
      hint="Or your username."
      name="email"
      inputMode="email"
      autoComplete={offersPasskeys ? 'username webauthn' : 'username'}
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
      required
      defaultValue={typed}
      error={error}
      blamedBy={blamedBy}
    />
  )
}

/** The e-mail address of a new account, or of one's own. */
export function EmailField({ typed, error, hint }: Props & { hint?: string | undefined }) {
  return (
    <Field
      label="E-mail"
      name="email"
      type="email"
      autoComplete="username"
      required
      hint={hint}
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
