import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { chosenDevicesSchema } from '~/accounts/factors/schemas'
import { refused, shownOnce, success, tooManyAttempts, unprocessable } from '~/web/answers'
import { isConfirmed } from '~/web/confirmation'
import { describeUserAgent } from '~/web/describe-user-agent'
import { askToForget, askToRemoveAuthenticator, askToRenewCodes } from '~/web/factor-questions'
import { parseForm, readIntent, readSignedForm } from '~/web/forms'
import { requireViewer, signInPath } from '~/web/guards'
import { sessionInWords } from '~/web/shown-sessions'
import { provenAs } from '~/web/step-up'
import { titled } from '~/ui/frame/site'
import { useFormAnswer, useLastAnswer } from '~/ui/controls/use-form-answer'
import { AccountPage } from '~/ui/frame/account-page'
import { Notice } from '~/ui/frame/notice'
import { Outcome } from '~/ui/frame/outcome'
import { Panel } from '~/ui/frame/panel'
import {
  AuthenticatorPanel,
  PasskeysLink,
  PasswordPanel,
  RecoveryCodesPanel,
  RememberedDevicesPanel,
} from '~/ui/security/factor-panels'
import { RecoveryCodes } from '~/ui/security/recovery-codes'

export { clientAction } from '~/ui/controls/client-action'

export const meta = titled('Sign-in and security')

export async function loader({ request, context }: LoaderFunctionArgs) {
  const viewer = await requireViewer(request, context)
  const { ownFactors } = context.services
  const { devices, ...listed } = await ownFactors.list(viewer)
  return {
    ...listed,
    mayReplaceLost: await ownFactors.mayReplaceLost(viewer),
    devices: devices.map(({ userAgent, ...device }) => ({
      ...device,
      browser: sessionInWords(describeUserAgent(userAgent)),
    })),
  }
}

export async function action({ request, context }: ActionFunctionArgs) {
  const viewer = await requireViewer(request, context)
  const form = await readSignedForm(request, context)
  const { ownFactors } = context.services
  const acting = await provenAs(viewer, form, context)
  const sessionEnded = () => redirect(signInPath(request, context))
  switch (readIntent(form, ['remove-authenticator', 'renew-codes', 'forget-device'])) {
    case 'remove-authenticator': {
      if (!isConfirmed(form)) return askToRemoveAuthenticator(form, await ownFactors.find(viewer))
      const result = await ownFactors.removeAuthenticator(acting)
      if (result.ok) return success({ title: 'Authenticator app removed' })
      if (result.code === 'SESSION_ENDED') throw sessionEnded()
      return refused(
        'A second factor is required of you, and this is your only one. Add another one first.',
      )
    }
    case 'renew-codes': {
      if (!isConfirmed(form)) {
        return askToRenewCodes(form, (await ownFactors.find(viewer)).recoveryCodes)
      }
      const result = await ownFactors.renewCodes(acting)
      if (result.ok) return shownOnce({ recoveryCodes: result.recoveryCodes }, context)
      if (result.code === 'SESSION_ENDED') throw sessionEnded()
      if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
      return refused('Recovery codes stand in for a second factor. Set one up first.')
    }
    case 'forget-device': {
      const parsed = parseForm(form, chosenDevicesSchema)
      if (!parsed.ok) return unprocessable(parsed)
      const { deviceId } = parsed.fields
      if (!isConfirmed(form)) {
        const { devices } = await ownFactors.list(viewer)
        const chosen = devices.filter(({ id }) => deviceId.includes(id))
        const inWords = chosen.map(({ userAgent, ip }) => ({
          browser: sessionInWords(describeUserAgent(userAgent)),
          ip,
        }))
        return askToForget(form, inWords)
      }
      const result = await ownFactors.forgetDevices(acting, deviceId)
      if (!result.ok) throw sessionEnded()
      return success({ title: 'The second step is asked for there again' })
    }
  }
}

export default function Security() {
  const { passwordChangedAt, passkeys, authenticator, recoveryCodes, devices, mayReplaceLost } =
    useLoaderData<typeof loader>()
  const answer = useLastAnswer<{ recoveryCodes?: string[] }>()
  const { message, problem } = useFormAnswer()
  const hasFactor = authenticator !== null || passkeys > 0
  return (
    <AccountPage title="Sign-in and security">
      <Outcome message={message} />
      {problem && <Notice tone="danger" title={problem} />}
      {mayReplaceLost && (
        <Notice tone="warning" title="Did you lose your phone or your passkey?">
          You signed in by a recovery code. For 15 minutes you can set up another app or passkey in
          its place here. New recovery codes come with it, and the old ones stop working.
        </Notice>
      )}
      {answer?.recoveryCodes && (
        <Panel heading="Your new recovery codes">
          <RecoveryCodes codes={answer.recoveryCodes} />
        </Panel>
      )}
      <PasswordPanel changedAt={passwordChangedAt} />
      <PasskeysLink count={passkeys} />
      <AuthenticatorPanel authenticator={authenticator} />
      {(hasFactor || recoveryCodes) && <RecoveryCodesPanel recoveryCodes={recoveryCodes} />}
      {(hasFactor || devices.length > 0) && <RememberedDevicesPanel devices={devices} />}
    </AccountPage>
  )
}
