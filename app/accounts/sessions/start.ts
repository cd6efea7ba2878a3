import type { RecordAudit } from '../audit/record'
import type { Clock } from '../time'
import type { Revocations } from '../revocations'
import type { Origin } from '../viewer'
import { endReplaced, findReplaced, lockBoth } from './end-replaced'
import { insertSession, type Proof, type StartedSession } from './insert'
import type { SessionPolicy } from './policy'
import type { Database } from '~/database/types'

export type StartRefusal = 'NO_SUCH_USER' | 'DISABLED' | 'PASSWORD_CHANGED'

/**
 * Signs a user in whose password was verified against `verifiedHash`. That took a third of a
 * second, in which the password may have been changed or the user disabled, so both are looked at
 * again under the lock.
 */
export function createStart(deps: {
  database: Database
  revocations: Revocations
  record: RecordAudit
  clock: Clock
  policy: SessionPolicy
}) {
  const { database, revocations } = deps

  return async function start({
    userId,
    verifiedHash,
    kept,
    origin,
    proof,
    replacing,
  }: {
    userId: string
    verifiedHash: string
    kept: boolean
    origin: Origin
    proof: Proof
    /** The secret that this browser came with, if any. */
    replacing?: string | undefined
  }): Promise<{ ok: true; session: StartedSession } | { ok: false; code: StartRefusal }> {
    const { value } = await revocations.commit(async (tx, announce) => {
      const replaced = await findReplaced(tx, replacing)
      await lockBoth(tx, userId, replaced, database)
      const user = await tx.user.findUnique({
        where: { id: userId },
        select: { id: true, name: true, disabledAt: true, password: { select: { hash: true } } },
      })
      if (!user) return refuse('NO_SUCH_USER')
      if (user.disabledAt) return refuse('DISABLED')
      if (user.password?.hash !== verifiedHash) return refuse('PASSWORD_CHANGED')

      await endReplaced(tx, announce, replaced, origin, deps)
      const session = await insertSession(tx, announce, { user, kept, origin, proof }, deps)
      return { ok: true as const, session }
    })
    return value
  }
}

const refuse = (code: StartRefusal) => ({ ok: false as const, code })
