import type { RecordAudit } from '../audit/record'
import type { Clock } from '../time'
import type { Revocations } from '../revocations'
import { ADMISSIBLE, type Admit, type Admitted } from '../sign-in/admit'
import type { Origin } from '../viewer'
import { endReplaced, findReplaced, lockBoth } from './end-replaced'
import type { Proof } from './insert'
import type { Database } from '~/database/types'

export type StartRefusal = 'NO_SUCH_USER' | 'DISABLED' | 'PASSWORD_CHANGED'

/**
 * Signs a user in whose password was verified against `verifiedHash`. That took a third of a
 * second, in which the password may have been changed or the user disabled, so both are looked at
 * again under the lock. Whoever has a second step before them keeps the session that this browser had.
 */
export function createStart(deps: {
  database: Database
  revocations: Revocations
  record: RecordAudit
  clock: Clock
  admit: Admit
}) {
  const { database, revocations, admit } = deps

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
  }): Promise<({ ok: true } & Admitted) | { ok: false; code: StartRefusal }> {
    const { value } = await revocations.commit(async (tx, announce) => {
      const replaced = await findReplaced(tx, replacing)
      await lockBoth(tx, userId, replaced, database)
      const user = await tx.user.findUnique({
        where: { id: userId },
        select: { ...ADMISSIBLE, disabledAt: true, password: { select: { hash: true } } },
      })
      if (!user) return refuse('NO_SUCH_USER')
      if (user.disabledAt) return refuse('DISABLED')
      if (user.password?.hash !== verifiedHash) return refuse('PASSWORD_CHANGED')

      const admitted = await admit(tx, announce, { user, kept, origin, proof })
      if (admitted.session) await endReplaced(tx, announce, replaced, origin, deps)
      return { ok: true as const, ...admitted }
    })
    return value
  }
}

const refuse = (code: StartRefusal) => ({ ok: false as const, code })
