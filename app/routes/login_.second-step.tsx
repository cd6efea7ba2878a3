import {
  redirect,
  type ActionFunctionArgs,
  type AppLoadContext,
  type LoaderFunctionArgs,
} from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import {
  addAuthenticatorSchema,
  authenticatorStepSchema,
  recoveryStepSchema,
} from '~/accounts/factors/schemas'
import { newPasskeySchema, passkeyStepSchema } from '~/accounts/sign-in/schemas'
import type { Finished, FoundPending } from '~/accounts/sign-in/second-step'
import { refused, shownOnce, tooManyAttempts, unprocessable } from '~/web/answers'
import {
  factorLinkSecret,
  authenticatorErrors,
  showAgain,
  showProposal,
} from '~/web/authenticator-page'
import { browserOf } from '~/web/challenge-cookie'
import { createFormToken, FORM_TOKEN_FIELD } from '~/web/form-token'
import { parseForm, readIntent, refuseFields } from '~/web/forms'
import { madePasskey, PASSKEY_NOT_MADE } from '~/web/made-passkey'
import { findViewer } from '~/web/guards'
import { homeAfterSignIn, homeOf } from '~/web/home'
import { allowOpening } from '~/web/open-application'
import { FACTOR_REFUSED } from '~/web/refused-factor'
import { safePath } from '~/web/safe-path'
import {
  cookiesOf,
  pendingOver,
  pendingSecret,
  readPendingForm,
  requirePending,
} from '~/web/second-step'
import { titled } from '~/ui/frame/site'
import { ButtonLink } from '~/ui/controls/button'
import { useFormAnswer, useLastAnswer } from '~/ui/controls/use-form-answer'
import { AuthFrame } from '~/ui/frame/page-frame'
import { NOT_KEPT } from '~/ui/security/ceremonies'
import { RecoveryCodes } from '~/ui/security/recovery-codes'
import { EnrolOnTheWay, SecondStepForm } from '~/ui/security/second-step'

export { clientAction } from '~/ui/controls/client-action'

export const meta = titled('Second step')

export async function loader({ request, context }: LoaderFunctionArgs) {
  const query = new URL(request.url).searchParams
  const redirectTo = safePath(query.get('redirectTo'), '')
  await allowOpening(redirectTo, context)
  const { secondStep } = context.services
  const pending = await secondStep.find(pendingSecret({ request, context }))
  if (!pending) return { face: 'done' as const, to: await wayOn(request, context, redirectTo) }
  const { user, factors, formKey, mustEnrol, linkNeeded } = pending
  const formToken = { name: FORM_TOKEN_FIELD, value: createFormToken(formKey) }
  const about = { name: user.name, formToken, redirectTo }
  const isOffered = context.services.passkeys.offered
  if (mustEnrol) {
    const lacksLink = linkNeeded && factorLinkSecret(request, context) === undefined
    const proposal = lacksLink ? null : showProposal(secondStep.proposeFor(pending), context)
    const passkeyFrom = isOffered ? NEW_PASSKEY_OPTIONS : null
    return { face: 'enrol' as const, ...about, proposal, passkeyFrom }
  }
  const faces = facesOf(factors)
  const face = faces.find((one) => one === query.get('use')) ?? faces[0] ?? 'recovery-code'
  const others = faces.filter((one) => one !== face)
  const passkeyFrom = isOffered ? PASSKEY_OPTIONS : null
  return { face, others, passkeyFrom, ...about }
}

const PASSKEY_OPTIONS = '/login/second-step/passkey'
const NEW_PASSKEY_OPTIONS = '/login/second-step/new-passkey'

/**
 * How somebody can take it. The app stands before the passkey: whoever has both, and their passkey at hand,
 * signs in by that alone.
 */
const facesOf = ({ authenticator, passkeys, recoveryCodes }: FoundPending['factors']) => [
  ...(authenticator ? (['authenticator'] as const) : []),
  ...(passkeys > 0 ? (['passkey'] as const) : []),
  ...(recoveryCodes > 0 ? (['recovery-code'] as const) : []),
]

/** For whoever has just finished here, and is shown something before they go on. */
async function wayOn(request: Request, context: AppLoadContext, redirectTo: string) {
  const viewer = await findViewer(request, context)
  if (!viewer) throw pendingOver(request)
  return redirectTo || homeOf(viewer.user.id, context)
}

export async function action({ request, context }: ActionFunctionArgs) {
  const pending = await requirePending({ request, context })
  const form = await readPendingForm(request, pending.formKey)
  const visit = { request, context }
  const intent = readIntent(form, [
    'authenticator',
    'recovery-code',
    'passkey',
    'add-authenticator',
    'add-passkey',
  ])
  if (intent === 'add-authenticator') return enrol(visit, form, pending)
  if (intent === 'add-passkey') return enrolByPasskey(visit, form)
  return intent === 'passkey' ? takeByPasskey(visit, form) : takeByCode(visit, form, intent)
}

async function takeByPasskey(visit: Visit, form: URLSearchParams) {
  const parsed = parseForm(form, passkeyStepSchema)
  if (!parsed.ok) return refused(FACTOR_REFUSED.PASSKEY_REFUSED)
  const { passkey: answer, remember } = parsed.fields
  const { context } = visit
  const shown = { factor: 'passkey', answer, browser: browserOf(context), remember } as const
  const result = await context.services.secondStep.byFactor(stepIn(visit), shown)
  if (result.ok) return goOnAfter(result, visit)
  if (result.code === 'PENDING_OVER') throw pendingOver(visit.request)
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  return refused(FACTOR_REFUSED[result.code])
}

async function takeByCode(
  visit: Visit,
  form: URLSearchParams,
  intent: 'authenticator' | 'recovery-code',
) {
  const schema = intent === 'authenticator' ? authenticatorStepSchema : recoveryStepSchema
  const parsed = parseForm(form, schema)
  if (!parsed.ok) return unprocessable(parsed)
  const { context } = visit
  const factor = intent === 'authenticator' ? 'authenticator' : 'recovery_code'
  const shown = { remember: false, ...parsed.fields, factor } as const
  const result = await context.services.secondStep.byFactor(stepIn(visit), shown)
  if (result.ok) return goOnAfter(result, visit, factor === 'recovery_code' ? SECURITY : undefined)
  if (result.code === 'PENDING_OVER') throw pendingOver(visit.request)
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  return unprocessable(refuseFields(form, schema, { code: WRONG[intent] }))
}

/** Signed in, on to where somebody wanted to go, or else home. */
async function goOnAfter(
  { session, remembered }: Finished,
  { request, context }: Visit,
  home?: string,
) {
  const headers = cookiesOf(session, { request, context }, remembered)
  const wanted = safePath(new URL(request.url).searchParams.get('redirectTo'), '')
  const next = wanted || home || (await homeAfterSignIn(session, context))
  return redirect(next, { headers })
}

/** Where whoever came in by a recovery code can put a new factor in the place of the lost one. */
const SECURITY = '/profile/security'

const WRONG = {
  authenticator: FACTOR_REFUSED.WRONG_CODE,
  'recovery-code': 'This is none of your recovery codes, or it was used already.',
}

type Visit = { request: Request; context: AppLoadContext }

const stepIn = ({ request, context }: Visit) => ({
  secret: pendingSecret({ request, context }),
  origin: context.client,
  replacing: context.sessionCookie.read(request.headers.get('Cookie')),
})

/** Makes the first factor; what is shown then stands before the way on. */
async function enrol({ request, context }: Visit, form: URLSearchParams, pending: FoundPending) {
  const { secondStep } = context.services
  const before = secondStep.proposalFor(pending, form.get('proposal') ?? '')
  const parsed = parseForm(form, addAuthenticatorSchema)
  if (!parsed.ok) return showAgain(parsed, before, context)
  const proved = { ...parsed.fields, linkSecret: factorLinkSecret(request, context) }
  const result = await secondStep.byEnrolling(stepIn({ request, context }), proved)
  if (result.ok) return showCodes(result, { request, context })
  if (result.code === 'PENDING_OVER') throw pendingOver(request)
  const refusal = refuseFields(form, addAuthenticatorSchema, authenticatorErrors(result))
  return showAgain(refusal, before, context)
}

/** The same by a passkey. */
async function enrolByPasskey(visit: Visit, form: URLSearchParams) {
  const parsed = parseForm(form, newPasskeySchema)
  if (!parsed.ok) return refused(PASSKEY_NOT_MADE.PASSKEY_REFUSED)
  const { context, request } = visit
  const made = madePasskey(parsed.fields.passkey, visit)
  const result = await context.services.secondStep.byEnrollingPasskey(stepIn(visit), made)
  if (result.ok) return showCodes(result, visit)
  if (result.code === 'PENDING_OVER') throw pendingOver(request)
  if (result.code === 'TOO_MANY_ATTEMPTS') return tooManyAttempts(result, context)
  return refused({ ...PASSKEY_NOT_MADE, NOT_KEPT }[result.code])
}

function showCodes(
  { session, recoveryCodes }: Finished & { recoveryCodes: string[] | null },
  { request, context }: Visit,
) {
  // Past Remix, which forgets the headers of an action when the page after it fails.
  context.setHeader('Set-Cookie', cookiesOf(session, { request, context }).getSetCookie())
  return shownOnce({ recoveryCodes }, context)
}

export default function SecondStep() {
  const loaded = useLoaderData<typeof loader>()
  const answer = useLastAnswer<{
    recoveryCodes?: string[] | null
    proposal?: Parameters<typeof EnrolOnTheWay>[0]['proposal']
  }>()
  const { problem, errors } = useFormAnswer()
  if (loaded.face === 'done') {
    const goOn = (
      <ButtonLink to={loaded.to} tone="primary" reloadDocument>
        Continue
      </ButtonLink>
    )
    return (
      <AuthFrame title="You are signed in">
        {answer?.recoveryCodes ? (
          <RecoveryCodes codes={answer.recoveryCodes} actions={goOn} />
        ) : (
          <div>{goOn}</div>
        )}
      </AuthFrame>
    )
  }
  if (loaded.face === 'enrol') {
    const proposal = answer?.proposal ?? loaded.proposal
    return <EnrolOnTheWay {...loaded} proposal={proposal} problem={problem} error={errors.code} />
  }
  return <SecondStepForm {...loaded} problem={problem} error={errors.code} />
}
