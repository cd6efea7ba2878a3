import type { Database, Role, Transaction } from '~/database/types'
import type { RecordAudit } from '../audit/record'
import { useRememberedDevice } from '../devices/remembered-devices'
import { factorsOf, hasFactor, isFactorDemanded, type FactorPolicy } from '../factors/which'
import type { EnqueueMail } from '../mail'
import type { Announce } from '../revocations'
import { insertSession, type Proof, type StartedSession } from '../sessions/insert'
import type { SessionPolicy } from '../sessions/policy'
import type { Clock } from '../time'
import type { Origin } from '../viewer'
import { insertPending, type StartedPending } from './pending-sign-ins'

/** A session, or the question for a second step in its place. */
export type Admitted =
  { session: StartedSession; pending?: never } | { pending: StartedPending; session?: never }

/** Somebody whose row is locked, as it is now. */
export type Admissible = { id: string; name: string; role: Role }

export const ADMISSIBLE = { id: true, name: true, role: true } as const

/**
 * What follows the first step of every sign-in. Whoever has a second factor, or has to make one, is given
 * a pending sign-in: there is no session that waits for something.
 */
export type Admit = (
  tx: Transaction,
  announce: Announce,
  first: { user: Admissible; kept: boolean; origin: Origin; proof: Proof },
) => Promise<Admitted>

export function createAdmit(deps: {
  database: Pick<Database, 'giveReason'>
  clock: Clock
  record: RecordAudit
  enqueueMail: EnqueueMail
  policy: SessionPolicy
  factorPolicy: FactorPolicy
}): Admit {
  const { clock, factorPolicy } = deps

  return async function admit(tx, announce, { user, kept, origin, proof }) {
    const started = { user: { id: user.id, name: user.name }, kept, origin }
    const begin = async (whole: Proof) => ({
      session: await insertSession(tx, announce, { ...started, proof: whole }, deps),
    })
    if (proof.secondFactor !== null) return begin(proof)
    const has = hasFactor(await factorsOf(tx, user.id))
    if (!has && !isFactorDemanded(factorPolicy, user.role)) return begin(proof)
    if (has && (await useRememberedDevice(tx, user.id, origin, clock.now()))) {
      return begin({ ...proof, secondFactor: 'remembered_device' })
    }
    const waiting = { userId: user.id, startedBy: proof.signedInBy, kept, mayEnrol: !has }
    return { pending: await insertPending(tx, waiting, clock.now()) }
  }
}
