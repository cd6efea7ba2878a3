import type { Database } from '~/database/types'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import type { Revocations } from '../revocations'
import type { Clock } from '../time'
import type { Acting } from '../viewer'
import {
  countedFor,
  createAsAdministrator,
  nothingToDo,
  writtenBy,
  type AdminRefusal,
} from './as-administrator'
import { takeUsername, usernameTaken, type UsernameTaken } from './usernames'

/** How administrators give somebody another name for applications. People cannot do it themselves. */
export function createChangeUsername(deps: {
  database: Database
  revocations: Revocations
  limits: AttemptLimits
  record: RecordAudit
  clock: Clock
}) {
  const { limits, record, clock } = deps
  const { onUser } = createAsAdministrator(deps)

  /** Nobody else ever gets the name that they had; they themselves may get it back. */
  return async function changeUsername(
    acting: Acting,
    userId: string,
    username: string,
  ): Promise<{ ok: true } | AdminRefusal | UsernameTaken | TooManyAttempts> {
    return limits.within(countedFor(acting), () =>
      onUser(acting, userId, async ({ tx, announce, user }) => {
        const { username: from } = user
        if (username === from) return nothingToDo(announce)
        if (!(await takeUsername(tx, { username, userId }))) return usernameTaken
        const data = { username, updatedAt: clock.now() }
        await tx.user.update({ where: { id: userId }, data })
        announce({ type: 'user-changed', userId })
        const details = { from, to: username }
        await record(tx, { ...writtenBy(acting, user), kind: 'user.username-changed', details })
        return { ok: true as const }
      }),
    )
  }
}
