import type { Database, Transaction } from '~/database/types'
import { isUniqueViolation } from '~/database/errors'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import { createAddFactor, type LinkNeeded } from '../factors/add-factor'
import { mayReplaceLostFactor } from '../factors/lost-factor'
import type { EnqueueMail } from '../mail'
import type { OneTimeLinks } from '../one-time-links'
import type { Announce, Revocations } from '../revocations'
import { newId } from '../row-id'
import { sessionEnded, type SessionEnded } from '../sessions/end'
import type { Sessions } from '../sessions/sessions'
import type { Clock } from '../time'
import type { Acting, Viewer } from '../viewer'
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

/** Who makes one: in a session, or on the way to the one that will have this id. */
type Maker = { user: { id: string; name: string; email: string }; sessionId: string }

/** A passkey that was just made. */
export type MadePasskey = {
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

type CheckRefusal =
  /** The key keeps none itself, so that nobody could sign in with it alone. */
  | { ok: false; code: 'NOT_KEPT' }
  | { ok: false; code: 'ALREADY_KNOWN' }
  | PasskeyRefused
  | ChallengeOver

export type StoreRefusal = { ok: false; code: 'TOO_MANY_PASSKEYS' } | LinkNeeded | ChallengeOver

export type MakeRefusal = CheckRefusal | StoreRefusal

type AddRefusal = MakeRefusal | SessionEnded

type GoodVerdict = Extract<Awaited<ReturnType<PasskeySite['verifyNew']>>, { ok: true }>

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
  async function optionsToMake({ user, sessionId }: Maker, browser: string) {
    const select = { credentialId: true, transports: true }
    const known = await database.client.passkey.findMany({ where: { userId: user.id }, select })
    return site.optionsToMake(registrationIn(sessionId, browser), { user, known })
  }

  /**
   * Keeps a passkey that the person has just made. The first factor comes with recovery codes: from then
   * on the password is not enough, and a browser that knows no passkeys would shut its person out.
   */
  function add(acting: Acting, made: MadePasskey): Promise<Added | AddRefusal | TooManyAttempts> {
    const { viewer, ip } = acting
    const maker = makerIn(viewer)
    return checked(maker, made, async (verdict) => {
      const { value } = await revocations.commit(async (tx, announce) => {
        if (!(await sessions.isStillActing(tx, announce, acting))) return sessionEnded
        const replacesLost = await mayReplaceLostFactor(tx, viewer, clock.now())
        if (!replacesLost && !(await sessions.isFreshlyActing(tx, announce, acting))) {
          return sessionEnded
        }
        return store(tx, announce, { ...maker, ip, replacesLost }, made, verdict)
      })
      return value
    })
  }

  /** Looks at what the browser sent, and runs `work` with it when it is good. */
  async function checked<T extends { ok: boolean }>(
    { user, sessionId }: Maker,
    made: MadePasskey,
    work: (verdict: GoodVerdict) => Promise<T>,
  ): Promise<T | CheckRefusal | TooManyAttempts> {
    if (made.answer.clientExtensionResults.credProps?.rk === false) {
      return { ok: false, code: 'NOT_KEPT' }
    }
    return limits.within<T | CheckRefusal>({ limit: 'ownChange', of: user.id }, async () => {
      const verdict = await site.verifyNew(made.answer, registrationIn(sessionId, made.browser))
      if (!verdict.ok) return verdict.isOver ? challengeOver : passkeyRefused
      try {
        return await unlessUsedMeanwhile(() => work(verdict))
      } catch (error) {
        // Its maker said that it has none for us yet: somebody sends again what another person sent.
        if (isUniqueViolation(error, 'credentialId')) return alreadyKnown
        throw error
      }
    })
  }

  /** Stores what was found good, in the transaction that lets it be made, under the user's lock. */
  async function store(
    tx: Transaction,
    announce: Announce,
    { user, sessionId, ip, replacesLost }: Maker & { ip: string; replacesLost: boolean },
    { answer, madeWith, linkSecret }: MadePasskey,
    { made, challenge }: GoodVerdict,
  ): Promise<Added | StoreRefusal> {
    const userId = user.id
    if ((await tx.passkey.count({ where: { userId } })) >= MAX_PASSKEYS_PER_USER) {
      return { ok: false, code: 'TOO_MANY_PASSKEYS' }
    }
    if (!(await challenges.use(tx, challenge))) return challengeOver
    const refusal = await addFactor.refuseWithoutLink(tx, userId, linkSecret)
    if (refusal) return refusal
    const recoveryCodes = await addFactor.beforeAdding(
      tx,
      { user, sessionId, ip },
      { replacesLost },
    )
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
        createdBySession: sessionId,
      },
    })
    const written = { actor: user, subject: user, sessionId, ip }
    await record(tx, { ...written, kind: 'passkey.added', details: { name, id } })
    await enqueueMail(tx, { userId }, { kind: 'factor-added', factor: 'passkey', name })
    announce({ type: 'access-granted', userId })
    return { ok: true, name, recoveryCodes }
  }

  return {
    optionsToAdd: ({ viewer }: Acting, browser: string) => optionsToMake(makerIn(viewer), browser),
    add,
    /** For whom one is demanded, on the way to a session; see second-step.ts. */
    making: { optionsToMake, checked, store },
  }
}

export type MakingPasskeys = ReturnType<typeof createMakePasskey>['making']

const makerIn = ({ user, session }: Viewer): Maker => ({ user, sessionId: session.id })

const registrationIn = (sessionId: string, browser: string): Ceremony => ({
  purpose: 'register',
  browser,
  about: sessionId,
})

const alreadyKnown = { ok: false as const, code: 'ALREADY_KNOWN' as const }
