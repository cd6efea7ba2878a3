import { Form } from '@remix-run/react'
import { Checkbox } from '../controls/checkbox'
import { FormStack, SubmitButton } from '../controls/form'
import { TextLink } from '../controls/text-link'
import { Notice } from '../frame/notice'
import { AuthFrame } from '../frame/page-frame'
import { AddPasskey } from './add-passkey'
import { AuthenticatorSetup } from './authenticator-setup'
import { CodeField, RecoveryCodeField } from './code-field'
import { PasskeyStep } from './passkey-step'

const PAGE = '/login/second-step'

export type StepFace = 'authenticator' | 'passkey' | 'recovery-code'

type About = {
  name: string
  formToken: { name: string; value: string }
  redirectTo: string
  problem: string | null
  error: string | undefined
}

/** Between password and session: a passkey, or a code, of the app or from paper. */
export function SecondStepForm({
  face,
  others,
  passkeyFrom,
  name,
  formToken,
  redirectTo,
  problem,
  error,
}: About & {
  face: StepFace
  /** What else there is to take the step with. */
  others: readonly StepFace[]
  /** Where the browser is told what to ask a passkey for; null where browsers know none at our address. */
  passkeyFrom: string | null
}) {
  const token = <input type="hidden" {...formToken} />
  const isRecovery = face === 'recovery-code'
  return (
    <AuthFrame
      title={isRecovery ? 'Use a recovery code' : 'Second step'}
      intro={isRecovery ? <>One of the codes that you kept, {name}.</> : <>Is it you, {name}?</>}
      footer={<OtherWays others={others} redirectTo={redirectTo} />}
    >
      {problem && <Notice tone="danger" title={problem} />}
      {face === 'passkey' ? (
        <PasskeyStep
          optionsFrom={passkeyFrom}
          formToken={token}
          instead={others.length > 0 ? ANOTHER_WAY : ANOTHER_BROWSER}
        >
          <RememberDevice />
        </PasskeyStep>
      ) : (
        // A key each, or the other face would keep what was typed here.
        <Form method="post" key={face}>
          {token}
          <FormStack>
            {isRecovery ? (
              // eslint-disable-next-line jsx-a11y/no-autofocus -- The page is for it alone.
              <RecoveryCodeField autoFocus error={error} />
            ) : (
              <>
                {/* eslint-disable-next-line jsx-a11y/no-autofocus -- The page is for it alone. */}
                <CodeField autoFocus error={error} />
                <RememberDevice />
              </>
            )}
            <SubmitButton tone="primary" wide name="intent" value={face}>
              Sign in
            </SubmitButton>
          </FormStack>
        </Form>
      )}
    </AuthFrame>
  )
}

const RememberDevice = () => (
  <Checkbox
    label="Don’t ask on this device for 30 days"
    hint="Only on a device that is yours alone."
    name="remember"
  />
)

const ANOTHER_WAY = 'You can also sign in with one that has yours, or another way, below.'
const ANOTHER_BROWSER =
  'Sign in with one that has yours. If you have lost it, ask an administrator to take it away.'

/** What else there is to take the second step with, and the way back. */
function OtherWays({ others, redirectTo }: { others: readonly StepFace[]; redirectTo: string }) {
  return (
    <ul className="grid gap-2">
      {others.map((face) => (
        <li key={face}>
          <TextLink to={faceAt(redirectTo, face)}>{WAYS[face]}</TextLink>
        </li>
      ))}
      <li>
        <TextLink to="/login">Sign in as somebody else</TextLink>
      </li>
    </ul>
  )
}

const WAYS: Record<StepFace, string> = {
  authenticator: 'Use your authenticator app',
  passkey: 'Use a passkey',
  'recovery-code': 'Use a recovery code',
}

function faceAt(redirectTo: string, use: StepFace): string {
  const query = new URLSearchParams()
  if (redirectTo !== '') query.set('redirectTo', redirectTo)
  query.set('use', use)
  return `${PAGE}?${query}`
}

/** For whom a second factor is demanded and who has none: it is made before there is a session. */
export function EnrolOnTheWay({
  name,
  formToken,
  proposal,
  passkeyFrom,
  problem,
  error,
}: About & {
  proposal: Parameters<typeof AuthenticatorSetup>[0]['proposal'] | null
  /** Where the browser is told what to make a passkey of; null where browsers know none at our address. */
  passkeyFrom: string | null
}) {
  return (
    <AuthFrame
      title="Set up a second factor"
      intro={<>Your account needs one besides the password, {name}.</>}
      footer={<TextLink to="/login">Sign in as somebody else</TextLink>}
    >
      {problem && <Notice tone="danger" title={problem} />}
      {proposal ? (
        <>
          <Form method="post">
            <input type="hidden" {...formToken} />
            <AuthenticatorSetup proposal={proposal} error={error} />
          </Form>
          {passkeyFrom && (
            <section
              aria-labelledby="with-passkey"
              className="grid gap-3 border-t border-line pt-5"
            >
              <h2 id="with-passkey" className="font-semibold">
                Or a passkey
              </h2>
              <p className="text-sm text-soft">
                Kept by this device, your phone or a key, and unlocked by your finger, your face or
                a PIN. You sign in with it alone from then on, and your password alone is not
                enough.
              </p>
              <AddPasskey wide optionsFrom={passkeyFrom} formToken={formToken} />
            </section>
          )}
        </>
      ) : (
        <Notice tone="warning" title="You need a link from an administrator">
          They took your second factors away. Open the link that they give you in this browser, then
          sign in again.
        </Notice>
      )}
    </AuthFrame>
  )
}
