import {
  redirect,
  type ActionFunctionArgs,
  type AppLoadContext,
  type LoaderFunctionArgs,
} from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import {
  chosenPasskeySchema,
  newPasskeySchema,
  renamePasskeySchema,
} from '~/accounts/sign-in/schemas'
import type { Acting } from '~/accounts/viewer'
import { refused, shownOnce, success, tooManyAttempts } from '~/web/answers'
import { isConfirmed } from '~/web/confirmation'
import { askToRemovePasskey } from '~/web/factor-questions'
import { parseForm, readIntent, readSignedForm } from '~/web/forms'
import { madePasskey, PASSKEY_NOT_MADE } from '~/web/made-passkey'
import { requireViewer, signInPath } from '~/web/guards'
import { proofToAskFirst, provenAs } from '~/web/step-up'
import { titled } from '~/ui/frame/site'
import { AccountPage } from '~/ui/frame/account-page'
import { Notice } from '~/ui/frame/notice'
import { Outcome } from '~/ui/frame/outcome'
import { Panel } from '~/ui/frame/panel'
import { useFormAnswer, useLastAnswer } from '~/ui/controls/use-form-answer'
import { NOT_KEPT } from '~/ui/security/ceremonies'
import { PasskeysPanel } from '~/ui/security/passkeys-panel'
import { RecoveryCodes } from '~/ui/security/recovery-codes'

export { clientAction } from '~/ui/controls/client-action'

export const meta = titled('Passkeys')

export async function loader({ request, context }: LoaderFunctionArgs) {
  const viewer = await requireViewer(request, context)
  const { passkeys, ownFactors } = context.services
  const { authenticator, passkeys: count } = await ownFactors.find(viewer)
  return {
    passkeys: await passkeys.list({ userId: viewer.user.id }),
    offered: passkeys.offered,
    proof: await proofToAskFirst(viewer, context),
    isFirstFactor: !authenticator && count === 0,
  }
}

export async function action({ request, context }: ActionFunctionArgs) {
  const viewer = await requireViewer(request, context)
  const form = await readSignedForm(request, context)
  const sub = { acting: await provenAs(viewer, form, context), form, request, context }
  return ACTIONS[readIntent(form, INTENTS)](sub)
}

type SubAction = {
  acting: Acting
  form: URLSearchParams
  request: Request
  context: AppLoadContext
}

const INTENTS = ['prove', 'add-passkey', 'rename-passkey', 'remove-passkey'] as const

const ACTIONS = {
  prove: () => redirect('/profile/passkeys'),
  'add-passkey': addPasskey,
  'rename-passkey': renamePasskey,
  'remove-passkey': removePasskey,
}

async function addPasskey({ acting, form, request, context }: SubAction) {
  const parsed = parseForm(form, newPasskeySchema)
  if (!parsed.ok) return refused(REFUSALS.PASSKEY_REFUSED)
  const made = madePasskey(parsed.fields.passkey, { request, context })
  const result = await context.services.passkeys.add(acting, made)
  if (result.ok) {
    const { name, recoveryCodes } = result
    const added = success({
      title: 'Passkey added',
      detail: `It is called “${name}”. You can sign in with it from now on.`,
    })
    const answer = { ...added, isAdded: true }
    return recoveryCodes ? shownOnce({ ...answer, recoveryCodes }, context) : answer
  }
  if (result.code === 'SESSION_ENDED') throw redirect(signInPath(request, context))
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  return refused(REFUSALS[result.code])
}

async function renamePasskey({ acting, form, request, context }: SubAction) {
  const parsed = parseForm(form, renamePasskeySchema)
  if (!parsed.ok) return refused(parsed.errors.name ?? REFUSALS.NO_SUCH_PASSKEY)
  const result = await context.services.passkeys.rename(acting, parsed.fields)
  if (result.ok) return success({ title: 'Name saved' })
  if (result.code === 'SESSION_ENDED') throw redirect(signInPath(request, context))
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  return refused(REFUSALS[result.code])
}

async function removePasskey({ acting, form, request, context }: SubAction) {
  const parsed = parseForm(form, chosenPasskeySchema)
  if (!parsed.ok) return refused(parsed.errors.passkeyId ?? REFUSALS.NO_SUCH_PASSKEY)
  const { passkeys, ownFactors } = context.services
  const { passkeyId } = parsed.fields
  if (!isConfirmed(form)) {
    const all = await passkeys.list({ userId: acting.viewer.user.id })
    const passkey = all.find(({ id }) => id === passkeyId)
    if (!passkey) return success(ALREADY_REMOVED)
    const { authenticator } = await ownFactors.find(acting.viewer)
    const isLastFactor = all.length === 1 && !authenticator
    return askToRemovePasskey(form, { ...passkey, isLastFactor })
  }
  const result = await passkeys.remove(acting, passkeyId)
  if (result.ok) return success({ title: `Removed “${result.name}”` })
  if (result.code === 'SESSION_ENDED') throw redirect(signInPath(request, context))
  if (result.code === 'NO_SUCH_PASSKEY') return success(ALREADY_REMOVED)
  return refused(REFUSALS[result.code])
}

const ALREADY_REMOVED = { title: 'That passkey was removed already.' }

const REFUSALS = {
  ...PASSKEY_NOT_MADE,
  NOT_KEPT,
  NO_SUCH_PASSKEY: 'That passkey was removed.',
  FACTOR_DEMANDED:
    'A second factor is required of you, and this is your only one. Add another one first.',
  LAST_WAY_IN:
    'This is the only way into your account. Choose a password or add another passkey first.',
}

export default function Passkeys() {
  const { passkeys, offered, proof, isFirstFactor } = useLoaderData<typeof loader>()
  const { message, problem } = useFormAnswer()
  const answer = useLastAnswer<{ recoveryCodes?: string[]; isAdded?: boolean }>()
  return (
    <AccountPage title="Passkeys">
      <Outcome message={message} />
      {problem && <Notice tone="danger" title={problem} />}
      {answer?.recoveryCodes && (
        <Panel
          heading="Your recovery codes"
          description="From now on your password alone is not enough, also in a browser that knows no passkeys."
        >
          <RecoveryCodes codes={answer.recoveryCodes} />
        </Panel>
      )}
      <PasskeysPanel
        passkeys={passkeys}
        proof={proof}
        isAdded={answer?.isAdded ?? false}
        offered={offered}
        isFirstFactor={isFirstFactor}
        optionsFrom="/profile/passkeys/options"
      />
    </AccountPage>
  )
}
