import { Field, type FieldProps } from '../controls/field'

/** For a code of an authenticator app; browsers offer it by themselves where they know it. */
export function CodeField(props: Pick<FieldProps, 'error' | 'hint' | 'autoFocus'>) {
  return (
    <Field
      label="Code from your app"
      name="code"
      required
      inputMode="numeric"
      autoComplete="one-time-code"
      maxLength={20}
      spellCheck={false}
      {...props}
    />
  )
}

/** For one of the codes on paper. */
export function RecoveryCodeField(props: Pick<FieldProps, 'error' | 'autoFocus'>) {
  return (
    <Field
      label="Recovery code"
      name="code"
      required
      autoComplete="off"
      autoCapitalize="none"
      maxLength={60}
      spellCheck={false}
      hint="Sixteen letters and digits, with or without the hyphens. Each works once."
      {...props}
    />
  )
}
