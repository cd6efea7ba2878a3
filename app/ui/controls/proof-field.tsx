import { useLocation } from '@remix-run/react'
import { Notice } from '../frame/notice'
import { PasskeyField } from '../security/passkey-field'
import { usePasskeySupport } from '../security/use-passkeys'
import { WithoutPasskeys } from '../security/without-passkeys'
import { UsernameHint } from './email-field'
import { Field } from './field'
import { PasswordField } from './password-field'
import { useLastAnswer } from './use-form-answer'

export type ProofQuestion = {
  /** How the person may prove who they are. */
  kinds: readonly string[]
  /** Where the browser is told what to ask a passkey for; null where browsers know none at our address. */
  passkeyFrom: string | null
  error?: string
}

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

/** A new one each time it is asked for, and so empty. */
export function ProofField({ question }: { question: ProofQuestion }) {
  const { key } = useLocation()
  return (
    <div className="grid w-full max-w-md basis-full gap-3 pb-2" key={key}>
      {question.kinds.includes('authenticator') ? (
        <ProofCode {...question} />
      ) : question.kinds.includes('passkey') ? (
        <ProofPasskey {...question} />
      ) : (
        <ProofPassword error={question.error} />
      )}
    </div>
  )
}

/** Takes the focus, as that of the password does: it is all that is missing. */
function ProofCode({ kinds, passkeyFrom, error }: ProofQuestion) {
  const canUsePasskey = usePasskeySupport() && kinds.includes('passkey') && passkeyFrom !== null
  const how = canUsePasskey
    ? 'Enter a code to confirm, or leave this empty to use a passkey.'
    : 'Enter a code to confirm.'
  return (
    <>
      <Field
        label="Code from your app"
        name="proofCode"
        required={!canUsePasskey}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={20}
        spellCheck={false}
        // eslint-disable-next-line jsx-a11y/no-autofocus -- it is all that the form lacks
        autoFocus
        hint={`${how} It is a while since you last did.`}
        error={error}
      />
      {canUsePasskey && (
        <PasskeyField name="proofPasskey" optionsFrom={passkeyFrom} unless="proofCode" />
      )}
    </>
  )
}

/** For who has no other factor. The password is no way around it, in no browser. */
function ProofPasskey({ passkeyFrom, error }: ProofQuestion) {
  const canUsePasskey = usePasskeySupport() && passkeyFrom !== null
  return (
    <>
      {canUsePasskey && (
        <Notice title="Your passkey is needed">
          Your browser asks for it when you press the button. It is a while since you last used it.
        </Notice>
      )}
      <WithoutPasskeys offered={passkeyFrom !== null} instead={PROVE_ELSEWHERE} />
      <PasskeyField name="proofPasskey" optionsFrom={passkeyFrom} error={error} />
    </>
  )
}

const PROVE_ELSEWHERE =
  'Your passkey is needed for this, in this browser or another one. If you have lost it, sign out, and sign in again with a recovery code: then you can set up something else.'

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
