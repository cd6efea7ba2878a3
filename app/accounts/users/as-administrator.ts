import type { Database, Role, Transaction } from '~/database/types'
import type { Attempt } from '../attempt-limits'
import type { ActingByToken } from '../api-tokens/scopes'
import { unexpiredToken } from '../api-tokens/verify-token'
import type { Clock } from '../time'
import type { Announce, Receipt, Revocations } from '../revocations'
import { findActing, requireFresh } from '../sessions/acting-session'
import type { Acting } from '../viewer'

export type AdminRefusal =
  /** Who asks is not an administrator any more, or their session or token has ended. */
  { ok: false; code: 'NOT_ALLOWED' } | { ok: false; code: 'NO_SUCH_USER' }

export type AdministeredUser = {
  id: string
  username: string
  name: string
  email: string
  role: Role
  disabledAt: Date | null
}

export type Administrator = Acting | ActingByToken

/** Whoever types commands on the server's machine, who is no person of the database. */
export const OPERATOR = 'operator'
export type AdministratorOrOperator = Administrator | typeof OPERATOR

type Work<T> = (inside: { tx: Transaction; announce: Announce }) => Promise<T>
type WorkOnUser<T> = (inside: {
  tx: Transaction
  announce: Announce
  user: AdministeredUser
}) => Promise<T>

/**
 * Runs what only administrators may do, in a transaction that first asks, under the lock, whether
 * who asks still is one: a right that was taken away a moment ago does nothing any more. People have
 * to have proved lately who they are, or StepUpNeeded is thrown. Programs cannot, nor can the operator:
 * a token was made by somebody who had.
 */
export function createAsAdministrator({
  database,
  revocations,
  clock,
}: {
  database: Database
  revocations: Revocations
  clock: Clock
}) {
  async function commit<T>(
    acting: AdministratorOrOperator,
    work: Work<T>,
    userIds: readonly string[] = [],
  ) {
    return revocations.commit(async (tx, announce): Promise<T | AdminRefusal> => {
      await database.lockAdministrators(tx)
      const own = acting === OPERATOR ? [] : [userOf(acting).id]
      await database.lockUsers(tx, [...own, ...userIds])
      if (acting === OPERATOR || (await isAdministrator(tx, acting))) return work({ tx, announce })
      announce({ type: 'already-gone' })
      return notAllowed
    })
  }

  async function isAdministrator(tx: Transaction, acting: Administrator): Promise<boolean> {
    const now = clock.now()
    const where = { id: userOf(acting).id, role: 'admin', disabledAt: null } as const
    if ('bearer' in acting) {
      const some = { id: acting.bearer.token.id, ...unexpiredToken(now) }
      return (await tx.user.count({ where: { ...where, apiTokens: { some } } })) > 0
    }
    const session = await findActing(tx, acting.viewer, now)
    if (!session || (await tx.user.count({ where })) === 0) return false
    requireFresh(session, now)
    return true
  }

  const onUserInside =
    <T>(userId: string, work: WorkOnUser<T>): Work<T | AdminRefusal> =>
    async ({ tx, announce }) => {
      const user = await tx.user.findUnique({
        where: { id: userId },
        select: {
          ...{ id: true, username: true, name: true, email: true },
          ...{ role: true, disabledAt: true },
        },
      })
      if (user) return work({ tx, announce, user })
      announce({ type: 'already-gone' })
      return noSuchUser
    }

  return {
    /** @param userIds who is acted on; their rows are locked as well */
    asAdministrator: <T>(
      acting: AdministratorOrOperator,
      work: Work<T>,
      userIds?: readonly string[],
    ) => commit(acting, work, userIds),
    /** The same on one user, whose row is locked. */
    onUser: async <T>(
      acting: Administrator,
      userId: string,
      work: WorkOnUser<T>,
    ): Promise<T | AdminRefusal> =>
      (await commit(acting, onUserInside(userId, work), [userId])).value,
    /** The same, with the receipt of what was announced. */
    onUserWithReceipt: <T>(
      acting: Administrator,
      userId: string,
      work: WorkOnUser<T>,
    ): Promise<{ value: T | AdminRefusal; receipt: Receipt }> =>
      commit(acting, onUserInside(userId, work), [userId]),
  }
}

const notAllowed = { ok: false as const, code: 'NOT_ALLOWED' as const }
const noSuchUser = { ok: false as const, code: 'NO_SUCH_USER' as const }

/**
 * For what administrators may do to others but not, in this way, to themselves: their own address,
 * password and account ask for their current password, which a stolen cookie does not know.
 */
export type OwnAccount = { ok: false; code: 'OWN_ACCOUNT' }
export const ownAccount = { ok: false as const, code: 'OWN_ACCOUNT' as const }

export const isOwnAccount = (acting: Administrator, userId: string): boolean =>
  userOf(acting).id === userId

const userOf = (acting: Administrator) =>
  'viewer' in acting ? acting.viewer.user : acting.bearer.user

/** Who did it to whom, for the audit log. */
export function writtenBy(
  acting: AdministratorOrOperator,
  subject: { id: string; name: string } | null,
) {
  if (acting === OPERATOR) return { actor: null, sessionId: null, subject, ip: null }
  const sessionId = 'viewer' in acting ? acting.viewer.session.id : null
  return { actor: userOf(acting), sessionId, subject, ip: acting.ip }
}

/** What administrators may do only so often. */
export const countedFor = ({ viewer }: Acting): Attempt => ({
  limit: 'administration',
  of: viewer.user.id,
})

/** What is as it should be leaves no trace, and its answer is as final as that of the change itself. */
export function nothingToDo(announce: Announce) {
  announce({ type: 'already-gone' })
  return { ok: true as const }
}
