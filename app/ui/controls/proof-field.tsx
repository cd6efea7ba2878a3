import { useLocation } from '@remix-run/react'
import { UsernameHint } from './email-field'
import { Field } from './field'
import { PasswordField } from './password-field'
import { useLastAnswer } from './use-form-answer'

/** How the person may prove who they are, the first to be offered first. */
export type ProofQuestion = { kinds: readonly string[]; error?: string }

type AskedAgain = ProofQuestion & { sent: readonly (readonly [name: string, value: string])[] }

/**
 * The field for a proof of who is there, in the form that came too late and is shown again: the one
 * that sent all of these values.
 */
export function ProofOfForm({ fields }: { fields: Record<string, string> }) {
  const asked = useLastAnswer<{ stepUp?: AskedAgain }>()?.stepUp
  const wanted = Object.entries(fields)
  const wasSent = ([name, value]: [string, string]) =>
    asked?.sent.some((one) => one[0] === name && one[1] === value)
  if (!asked || wanted.length === 0 || !wanted.every(wasSent)) return null
  return <ProofField question={asked} />
}

/** Takes the focus: it is all that is missing. A new one each time it is asked for, and so empty. */
export function ProofField({ question: { kinds, error } }: { question: ProofQuestion }) {
  const { key } = useLocation()
  return (
    <div className="w-full max-w-md basis-full pb-2" key={key}>
      {kinds[0] === 'authenticator' ? (
        <Field
          label="Code from your app"
          name="proofCode"
          required
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={20}
          spellCheck={false}
          // eslint-disable-next-line jsx-a11y/no-autofocus -- it is all that the form lacks
          autoFocus
          hint="Enter a code to confirm. It is a while since you last did."
          error={error}
        />
      ) : (
        <ProofPassword error={error} />
      )}
    </div>
  )
}

function ProofPassword({ error }: { error: string | undefined }) {
  return (
    <>
      <UsernameHint />
      <PasswordField
        label="Your password"
        name="proofPassword"
        required
        // eslint-disable-next-line jsx-a11y/no-autofocus -- it is all that the form lacks
        autoFocus
        hint="Enter your password to confirm. It is a while since you last did."
        error={error}
      />
    </>
  )
}
