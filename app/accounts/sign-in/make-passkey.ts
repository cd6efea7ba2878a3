import type { Database } from '~/database/types'
import { isUniqueViolation } from '~/database/errors'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import { createAddFactor, type LinkNeeded } from '../factors/add-factor'
import { mayReplaceLostFactor } from '../factors/lost-factor'
import type { EnqueueMail } from '../mail'
import type { OneTimeLinks } from '../one-time-links'
import type { Revocations } from '../revocations'
import { newId } from '../row-id'
import { sessionEnded, type SessionEnded } from '../sessions/end'
import type { Sessions } from '../sessions/sessions'
import type { Clock } from '../time'
import { byThemselves } from '../users/current-password'
import type { Acting } from '../viewer'
import {
  type Ceremony,
  type ChallengeOver,
  challengeOver,
  type Challenges,
  unlessUsedMeanwhile,
} from './challenges'
import { KEEPERS } from './passkey-keepers'
import { passkeyRefused, type PasskeyRefused } from './passkey-proofs'
import type { PasskeySite } from './passkey-site'
import type { NewPasskey } from './schemas'

/** Passkeys a person may have: one for each device and key, and some to spare. */
export const MAX_PASSKEYS_PER_USER = 20

/** A passkey that was just made. */
type Made = {
  answer: NewPasskey
  browser: string
  /** What it is called unless its keeper is known by name: the browser, in words. */
  madeWith: string
  /** Of the link that an administrator handed over, if any. */
  linkSecret?: string | undefined
}

type Added = {
  ok: true
  /** What it is called. */
  name: string
  /** To be shown this once; null where those from before go on. */
  recoveryCodes: string[] | null
}

type AddRefusal =
  | { ok: false; code: 'TOO_MANY_PASSKEYS' }
  /** The key keeps none itself, so that nobody could sign in with it alone. */
  | { ok: false; code: 'NOT_KEPT' }
  | { ok: false; code: 'ALREADY_KNOWN' }
  | LinkNeeded
  | PasskeyRefused
  | ChallengeOver
  | SessionEnded

/** How a person gets another passkey. */
export function createMakePasskey(deps: {
  database: Database
  revocations: Revocations
  sessions: Pick<Sessions, 'isStillActing' | 'isFreshlyActing'>
  links: OneTimeLinks
  limits: AttemptLimits
  record: RecordAudit
  enqueueMail: EnqueueMail
  clock: Clock
  site: PasskeySite
  challenges: Challenges
}) {
  const { database, revocations, sessions, limits, record, enqueueMail, clock } = deps
  const { site, challenges } = deps
  const addFactor = createAddFactor(deps)

  /** What the browser is to be asked for to make another one. */
  async function optionsToAdd({ viewer }: Acting, browser: string) {
    const { user, session } = viewer
    const select = { credentialId: true, transports: true }
    const known = await database.client.passkey.findMany({ where: { userId: user.id }, select })
    return site.optionsToMake(registrationIn(session.id, browser), { user, known })
  }

  /**
   * Keeps a passkey that the person has just made. The first factor comes with recovery codes: from then
   * on the password is not enough, and a browser that knows no passkeys would shut its person out.
   */
  async function add(acting: Acting, made: Made): Promise<Added | AddRefusal | TooManyAttempts> {
    const { user, session } = acting.viewer
    if (made.answer.clientExtensionResults.credProps?.rk === false) {
      return { ok: false, code: 'NOT_KEPT' }
    }
    return limits.within({ limit: 'ownChange', of: user.id }, async () => {
      const verdict = await site.verifyNew(made.answer, registrationIn(session.id, made.browser))
      if (!verdict.ok) return verdict.isOver ? challengeOver : passkeyRefused
      try {
        return await unlessUsedMeanwhile(() => addNow(acting, made, verdict))
      } catch (error) {
        // Its maker said that it has none for us yet: somebody sends again what another person sent.
        if (isUniqueViolation(error, 'credentialId')) return alreadyKnown
        throw error
      }
    })
  }

  async function addNow(
    acting: Acting,
    { answer, madeWith, linkSecret }: Made,
    { made, challenge }: Extract<Awaited<ReturnType<typeof site.verifyNew>>, { ok: true }>,
  ): Promise<Added | AddRefusal> {
    const { user, session } = acting.viewer
    const userId = user.id
    const { value } = await revocations.commit(async (tx, announce) => {
      if (!(await sessions.isStillActing(tx, announce, acting))) return sessionEnded
      const replacesLost = await mayReplaceLostFactor(tx, acting.viewer, clock.now())
      if (!replacesLost && !(await sessions.isFreshlyActing(tx, announce, acting))) {
        return sessionEnded
      }
      if ((await tx.passkey.count({ where: { userId } })) >= MAX_PASSKEYS_PER_USER) {
        return { ok: false as const, code: 'TOO_MANY_PASSKEYS' as const }
      }
      if (!(await challenges.use(tx, challenge))) return challengeOver
      const refusal = await addFactor.refuseWithoutLink(tx, userId, linkSecret)
      if (refusal) return refusal
      const adding = { user, sessionId: session.id, formKey: session.formKey, ip: acting.ip }
      const recoveryCodes = await addFactor.beforeAdding(tx, adding, { replacesLost })
      const id = newId()
      const name = KEEPERS[made.aaguid] ?? madeWith
      await tx.passkey.create({
        data: {
          ...{ id, userId, name },
          credentialId: new Uint8Array(Buffer.from(made.credential.id, 'base64url')),
          publicKey: made.credential.publicKey,
          counter: BigInt(made.credential.counter),
          transports: answer.response.transports.join(' '),
          createdAt: clock.now(),
          createdBySession: session.id,
        },
      })
      const details = { name, id }
      await record(tx, { ...byThemselves(acting), kind: 'passkey.added', details })
      await enqueueMail(tx, { userId }, { kind: 'factor-added', factor: 'passkey', name })
      announce({ type: 'access-granted', userId })
      return { ok: true as const, name, recoveryCodes }
    })
    return value
  }

  return { optionsToAdd, add }
}

const registrationIn = (sessionId: string, browser: string): Ceremony => ({
  purpose: 'register',
  browser,
  about: sessionId,
})

const alreadyKnown = { ok: false as const, code: 'ALREADY_KNOWN' as const }
