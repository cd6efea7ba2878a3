import type { Database, Role, Transaction } from '~/database/types'
import type { Attempt } from '../attempt-limits'
import type { ActingByToken } from '../api-tokens/scopes'
import { unexpiredToken } from '../api-tokens/verify-token'
import type { Clock } from '../time'
import type { Announce, Receipt, Revocations } from '../revocations'
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

type Work<T> = (inside: { tx: Transaction; announce: Announce }) => Promise<T>
type WorkOnUser<T> = (inside: {
  tx: Transaction
  announce: Announce
  user: AdministeredUser
}) => Promise<T>

/**
 * Runs what only administrators may do, in a transaction that first asks, under the lock, whether
 * who asks still is one: a right that was taken away a moment ago does nothing any more.
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
  /** @param userIds who is acted on; their rows are locked as well as that of who acts */
  async function commit<T>(acting: Administrator, work: Work<T>, userIds: readonly string[] = []) {
    return revocations.commit(async (tx, announce): Promise<T | AdminRefusal> => {
      await database.lockAdministrators(tx)
      await database.lockUsers(tx, [userOf(acting).id, ...userIds])
      if (await isAdministrator(tx, acting)) return work({ tx, announce })
      announce({ type: 'already-gone' })
      return notAllowed
    })
  }

  async function isAdministrator(tx: Transaction, acting: Administrator): Promise<boolean> {
    const found = await tx.user.findFirst({
      where: {
        id: userOf(acting).id,
        role: 'admin',
        disabledAt: null,
        ...('viewer' in acting
          ? { sessions: { some: { id: acting.viewer.session.id, expiresAt: { gt: clock.now() } } } }
          : {
              apiTokens: { some: { id: acting.bearer.token.id, ...unexpiredToken(clock.now()) } },
            }),
      },
      select: { id: true },
    })
    return found !== null
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
    asAdministrator: <T>(acting: Administrator, work: Work<T>) => commit(acting, work),
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
export const writtenBy = (acting: Administrator, subject: { id: string; name: string } | null) => ({
  actor: userOf(acting),
  sessionId: 'viewer' in acting ? acting.viewer.session.id : null,
  subject,
  ip: acting.ip,
})

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
