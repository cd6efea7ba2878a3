import { data, type AppLoadContext } from '@remix-run/node'
import type { ProofKind } from '~/accounts/sign-in/accepted-proofs'
import type { Acting, Viewer } from '~/accounts/viewer'
import { refuseForNow } from './answers'
import { browserOf } from './challenge-cookie'
import { isConfirmed } from './confirmation'
import { allTypedIn } from './forms'
import { actingAs } from './guards'
import { FACTOR_REFUSED } from './refused-factor'

/**
 * What takes a proof of who is there (see accounts/sign-in/step-up.ts) is asked for by forms like any
 * other. One that comes too late does nothing, and is answered with itself: as it was typed, with a
 * field for the proof. The same form with that field filled in gives the session its new secret first,
 * and then does what it asks for.
 *
 * An action says by `provenAs` that it takes one. Whether the proof is fresh enough is decided by the
 * rules, in the transaction that acts; the answer is made around all routes (see expected-failures.ts).
 */

/** The field of each kind of proof. Never sent back into a page. */
export const PROOF_FIELDS: Record<ProofKind, string> = {
  password: 'proofPassword',
  authenticator: 'proofCode',
  passkey: 'proofPasskey',
}

/** Where a page fetches what the browser is to be asked for, to prove it by a passkey. */
export const PASSKEY_OPTIONS = '/profile/passkeys/proof'

/** What a page needs to ask for a proof. */
export type ProofQuestion = {
  /** How it may be given. */
  kinds: readonly ProofKind[]
  /** Null where browsers know no passkeys at our address. */
  passkeyFrom: string | null
  /** Why the one that was given is none. */
  error?: string
}

/** An answer to a form that takes a proof: the form again. */
export type AskedAgain = ProofQuestion & {
  /** What the form sent that can be sent back, by which a page knows the form. */
  sent: [name: string, value: string][]
}

/** Thrown where a proof was given that is none. */
class ProofRefused extends Error {
  override name = 'ProofRefused'

  constructor(
    readonly status: 403 | 429,
    sentence: string,
  ) {
    super(sentence)
  }
}

/**
 * Who acts, for what takes a proof. One that the form brings is looked at first: the session goes on
 * under a new secret then, which the answer hands to the browser.
 */
export async function provenAs(
  viewer: Viewer,
  form: URLSearchParams,
  context: AppLoadContext,
): Promise<Acting> {
  const acting = actingAs(viewer, context)
  const { clock, sessions, stepUp } = context.services
  const given = givenProof(form)
  const isMissing = given !== null || !stepUp.isFresh(viewer)
  context.proof = { of: viewer, isMissing }
  if (!given) return acting
  const asGiven = { ...given, browser: browserOf(context) }
  const result = await stepUp.prove(acting, context.client, asGiven)
  if (result.ok) {
    // Set past Remix, which forgets the headers of an action when the page after it fails.
    context.setHeader('Set-Cookie', context.sessionCookie.issue(result.session, clock.now()))
    const renewed = (await sessions.verify(result.session.secret)) ?? viewer
    context.proof = { of: renewed, isMissing: false }
    return actingAs(renewed, context)
  }
  switch (result.code) {
    case 'SESSION_ENDED':
      // What it is about to do says the same, and how to go on.
      return acting
    case 'TOO_MANY_ATTEMPTS':
      throw new ProofRefused(429, refuseForNow(result, context))
    default:
      throw new ProofRefused(403, WRONG[result.code])
  }
}

const WRONG = {
  NOT_ACCEPTED: 'Your account has a safer way by now. Use that one.',
  WRONG_PASSWORD: 'That is not your current password.',
  ...FACTOR_REFUSED,
}

/** The one that is filled in. */
function givenProof(form: URLSearchParams) {
  for (const [kind, field] of Object.entries(PROOF_FIELDS) as [ProofKind, string][]) {
    const [text = '', ...more] = form.getAll(field)
    if (text !== '' && text.length <= LONGEST[kind] && more.length === 0) return { kind, text }
  }
  return null
}

/** Passwords as they may be chosen; no passkey says half as much as that. */
const LONGEST: Record<ProofKind, number> = { password: 256, authenticator: 256, passkey: 20_000 }

/** Goes by the names: the server and Remix's bundle hold different copies of the classes. */
export const lacksProof = (error: unknown): error is Error =>
  error instanceof Error && (error.name === 'StepUpNeeded' || error.name === 'ProofRefused')

const isRefusal = (error: Error): error is ProofRefused => error.name === 'ProofRefused'

/** Asks for the proof on a page that asks anyhow whether to go on, so that one press is enough for both. */
export async function withProofAsked(answer: unknown, context: AppLoadContext, why?: Error) {
  const { proof: taken } = context
  if (!taken?.isMissing || !isQuestion(answer)) return answer
  const proof = await questionTo(taken.of, context, why)
  return data({ question: { ...answer.question, proof } }, { status: why ? statusOf(why) : 200 })
}

/**
 * What is answered to a form without a proof that holds: the question that it would be asked anyhow,
 * when it was confirmed by a second press, or else the form itself, as it was typed.
 *
 * @param askAgain runs the action once more, for a form that was not confirmed
 */
export async function askForProof(
  why: Error,
  form: URLSearchParams,
  context: AppLoadContext,
  askAgain: (form: URLSearchParams) => unknown,
): Promise<unknown> {
  const { proof: taken } = context
  // The action does not say that it takes one: a mistake of ours.
  if (!taken) throw why
  if (isConfirmed(form)) {
    const asked = await Promise.resolve(askAgain(unconfirmed(form))).catch(unlessProofLacks)
    // What is remembered of the session may have been fresh a moment longer than its row.
    context.proof = { ...taken, isMissing: true }
    if (asked) return withProofAsked(asked, context, why)
  }
  const typed = allTypedIn(form)
  const sent = [...form].filter(([name]) => name in typed)
  const stepUp: AskedAgain = { ...(await questionTo(taken.of, context, why)), sent }
  return data({ stepUp, typed }, { status: statusOf(why) })
}

function unlessProofLacks(error: unknown): null {
  if (lacksProof(error)) return null
  throw error
}

async function questionTo(
  { user }: Viewer,
  { services: { stepUp, passkeys } }: AppLoadContext,
  why?: Error,
): Promise<ProofQuestion> {
  const kinds = await stepUp.accepted(user.id)
  const passkeyFrom = passkeys.offered ? PASSKEY_OPTIONS : null
  return { kinds, passkeyFrom, ...(why && isRefusal(why) && { error: why.message }) }
}

const statusOf = (why: Error) => (isRefusal(why) ? why.status : 403)

/** The same form as the one button sends that asks before it acts, and without a proof. */
function unconfirmed(form: URLSearchParams): URLSearchParams {
  const dropped = ['confirmed', ...Object.values(PROOF_FIELDS)]
  return new URLSearchParams([...form].filter(([name]) => !dropped.includes(name)))
}

const isQuestion = (answer: unknown): answer is { question: object } =>
  typeof answer === 'object' && answer !== null && 'question' in answer

/**
 * How a page asks for a proof before it shows what takes one; null when there is no need. For what could
 * not be sent once more as it was: a key that was scanned, or the answer of a passkey.
 */
export async function proofToAskFirst(
  viewer: Viewer,
  context: AppLoadContext,
): Promise<ProofQuestion | null> {
  const { ownFactors, stepUp } = context.services
  const isFree = stepUp.isFresh(viewer) || (await ownFactors.mayReplaceLost(viewer))
  return isFree ? null : questionTo(viewer, context)
}
