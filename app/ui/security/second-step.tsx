import { Form } from '@remix-run/react'
import type { ReactNode } from 'react'
import { Checkbox } from '../controls/checkbox'
import { FormStack, SubmitButton } from '../controls/form'
import { TextLink } from '../controls/text-link'
import { Notice } from '../frame/notice'
import { AuthFrame } from '../frame/page-frame'
import { AuthenticatorSetup } from './authenticator-setup'
import { CodeField, RecoveryCodeField } from './code-field'

const PAGE = '/login/second-step'

export type StepFace = 'authenticator' | 'recovery-code'

type About = {
  name: string
  formToken: { name: string; value: string }
  redirectTo: string
  problem: string | null
  error: string | undefined
}

/** Between password and session: a code, of the app or from paper. */
export function SecondStepForm({
  face,
  name,
  formToken,
  redirectTo,
  factors,
  problem,
  error,
}: About & { face: StepFace; factors: { authenticator: boolean; recoveryCodes: number } }) {
  const isRecovery = face === 'recovery-code'
  return (
    <AuthFrame
      title={isRecovery ? 'Use a recovery code' : 'Second step'}
      intro={isRecovery ? <>One of the codes that you kept, {name}.</> : <>Is it you, {name}?</>}
      footer={<OtherWays face={face} factors={factors} redirectTo={redirectTo} />}
    >
      {problem && <Notice tone="danger" title={problem} />}
      {/* A key each, or the other face would keep what was typed here. */}
      <Form method="post" key={face}>
        <input type="hidden" {...formToken} />
        <FormStack>
          {isRecovery ? (
            <RecoveryCodeField error={error} />
          ) : (
            <>
              <CodeField error={error} />
              <Checkbox
                label="Don’t ask on this device for 30 days"
                hint="Only on a device that is yours alone."
                name="remember"
              />
            </>
          )}
          <SubmitButton tone="primary" wide name="intent" value={face}>
            Sign in
          </SubmitButton>
        </FormStack>
      </Form>
    </AuthFrame>
  )
}

/** What else there is to take the second step with, and the way back. */
function OtherWays({
  face,
  factors,
  redirectTo,
}: {
  face: StepFace
  factors: { authenticator: boolean; recoveryCodes: number }
  redirectTo: string
}) {
  const ways: ReactNode[] = []
  if (face === 'authenticator' && factors.recoveryCodes > 0) {
    ways.push(<TextLink to={faceAt(redirectTo, 'recovery-code')}>Use a recovery code</TextLink>)
  }
  if (face === 'recovery-code' && factors.authenticator) {
    ways.push(<TextLink to={faceAt(redirectTo, null)}>Use your authenticator app</TextLink>)
  }
  ways.push(<TextLink to="/login">Sign in as somebody else</TextLink>)
  return (
    <ul className="grid gap-2">
      {ways.map((way, index) => (
        <li key={index}>{way}</li>
      ))}
    </ul>
  )
}

function faceAt(redirectTo: string, use: StepFace | null): string {
  const query = new URLSearchParams()
  if (redirectTo !== '') query.set('redirectTo', redirectTo)
  if (use) query.set('use', use)
  return query.size > 0 ? `${PAGE}?${query}` : PAGE
}

/** For whom a second factor is demanded and who has none: it is made before there is a session. */
export function EnrolOnTheWay({
  name,
  formToken,
  proposal,
  problem,
  error,
}: About & { proposal: Parameters<typeof AuthenticatorSetup>[0]['proposal'] | null }) {
  return (
    <AuthFrame
      title="Set up a second factor"
      intro={<>Your account needs one besides the password, {name}.</>}
      footer={<TextLink to="/login">Sign in as somebody else</TextLink>}
    >
      {problem && <Notice tone="danger" title={problem} />}
      {proposal ? (
        <Form method="post">
          <input type="hidden" {...formToken} />
          <AuthenticatorSetup proposal={proposal} error={error} />
        </Form>
      ) : (
        <Notice tone="warning" title="You need a link from an administrator">
          They took your second factors away. Open the link that they give you in this browser, then
          sign in again.
        </Notice>
      )}
    </AuthFrame>
  )
}
