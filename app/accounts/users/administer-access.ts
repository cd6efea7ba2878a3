import type { Database } from '~/database/types'
import type { RecordAudit } from '../audit/record'
import type { EnqueueMail } from '../mail'
import type { Clock } from '../time'
import type { Receipt, Revocations } from '../revocations'
import { applicationsReached, deleteSessions } from '../sessions/delete-sessions'
import type { Ended } from '../sessions/end'
import type { Acting } from '../viewer'
import {
  createAsAdministrator,
  isOwnAccount,
  ownAccount,
  writtenBy,
  type Administrator,
  type AdminRefusal,
  type OwnAccount,
} from './as-administrator'
import { deleteUser, type DeletedCounts } from './delete-user'
import { isLastAdministrator, lastAdmin, type LastAdmin } from './last-administrator'

/** How administrators end what lets people in: sessions, whole accounts, and everybody's sessions at once. */
export function createAdministerAccess(deps: {
  database: Database
  revocations: Revocations
  record: RecordAudit
  enqueueMail: EnqueueMail
  clock: Clock
}) {
  const { database, record, enqueueMail, clock, revocations } = deps
  const { asAdministrator, onUserWithReceipt } = createAsAdministrator(deps)

  /** Ends all sessions of a user, or those with these ids. */
  async function endSessions(
    acting: Acting,
    userId: string,
    sessionIds?: readonly string[],
  ): Promise<Ended | AdminRefusal> {
    const which = sessionIds === undefined ? { userId } : { userId, ids: sessionIds }
    const { value, receipt } = await onUserWithReceipt(
      acting,
      userId,
      async ({ tx, announce, user }) => {
        const reason = isOwnAccount(acting, userId) ? 'signed-out' : 'signed-out-by-administrator'
        const applications = await applicationsReached(tx, which, deps)
        const ended = await deleteSessions(tx, announce, which, reason, deps)
        if (sessionIds === undefined) await tx.pendingSignIn.deleteMany({ where: { userId } })
        if (ended.length === 0) announce({ type: 'already-gone' })
        else {
          const details = { count: ended.length, sessions: ended }
          const kind = ended.length === 1 ? 'session.ended' : 'sessions.ended'
          await record(tx, { ...writtenBy(acting, user), kind, details })
        }
        return { ok: true as const, ended, applications }
      },
    )
    return value.ok ? { ...value, receipt } : value
  }

  /** Deletes a user, and with the row everything that lets them in. */
  async function remove(
    acting: Administrator,
    userId: string,
  ): Promise<
    { ok: true; receipt: Receipt; went: DeletedCounts } | AdminRefusal | LastAdmin | OwnAccount
  > {
    const { value, receipt } = await onUserWithReceipt(
      acting,
      userId,
      async ({ tx, announce, user }) => {
        if (await isLastAdministrator(tx, userId)) return lastAdmin
        if (isOwnAccount(acting, userId)) return ownAccount
        const went = await deleteUser(tx, announce, userId, deps)
        const details = { email: user.email, ...went, ...byToken(acting) }
        await record(tx, { ...writtenBy(acting, user), kind: 'user.deleted', details })
        const nobodyNow = { userId: null, address: user.email }
        await enqueueMail(tx, nobodyNow, { kind: 'account-deleted', byAdministrator: true })
        return { ok: true as const, went }
      },
    )
    return value.ok ? { ...value, receipt } : value
  }

  /** How many sessions that would end. */
  function countEverybody({ viewer }: Acting): Promise<number> {
    return database.client.session.count({
      where: { id: { not: viewer.session.id }, expiresAt: { gt: clock.now() } },
    })
  }

  /** Signs everybody out, except the session that asks. Counts the sessions that were active. */
  async function endEverybody(
    acting: Acting,
  ): Promise<{ ok: true; sessions: number; receipt: Receipt } | AdminRefusal> {
    const { value, receipt } = await asAdministrator(acting, async ({ tx, announce }) => {
      const sessions = await endAll(tx, announce, acting.viewer.session.id)
      if (sessions > 0) {
        const details = { count: sessions, of: 'everybody' }
        await record(tx, { ...writtenBy(acting, null), kind: 'sessions.ended', details })
      }
      return { ok: true as const, sessions }
    })
    return value.ok ? { ...value, receipt } : value
  }

  /** Signs everybody out, without exception: the operator's, from the command line. */
  async function endEverybodyAsOperator(): Promise<{ sessions: number; receipt: Receipt }> {
    const { value: sessions, receipt } = await revocations.commit(async (tx, announce) => {
      // Whoever does the same at once finds nothing left to count.
      await database.lockAdministrators(tx)
      const ended = await endAll(tx, announce, null)
      if (ended > 0) {
        const details = { count: ended, of: 'everybody' }
        await record(tx, { kind: 'sessions.ended', actor: null, subject: null, details })
      }
      return ended
    })
    return { sessions, receipt }
  }

  /**
   * To be done to a backup before it is used again: what was ended or used up since is open in it.
   * Nothing says so of single sessions and links, so all of them end. Written down even when there
   * were none: nothing else in the log says that the time after the backup is missing.
   */
  async function endAllAfterRestore(): Promise<{ sessions: number; links: number }> {
    const { value } = await revocations.commit(async (tx, announce) => {
      await database.lockAdministrators(tx)
      const sessions = await endAll(tx, announce, null)
      const { count: links } = await tx.oneTimeLink.deleteMany()
      await tx.rememberedDevice.deleteMany()
      const details = { count: sessions, links, of: 'everybody' }
      await record(tx, { kind: 'database.restored', actor: null, subject: null, details })
      return { sessions, links }
    })
    return value
  }

  async function endAll(
    tx: Parameters<typeof deleteSessions>[0],
    announce: Parameters<typeof deleteSessions>[1],
    exceptSessionId: string | null,
  ): Promise<number> {
    const where = exceptSessionId === null ? {} : { id: { not: exceptSessionId } }
    const active = await tx.session.count({ where: { ...where, expiresAt: { gt: clock.now() } } })
    const reason = 'signed-out-by-administrator'
    await database.giveReason(tx, reason)
    await tx.session.deleteMany({ where })
    await tx.pendingSignIn.deleteMany()
    announce({ type: 'all-sessions-ended', exceptSessionId, reason })
    return active
  }

  return {
    endSessions,
    remove,
    countEverybody,
    endEverybody,
    endEverybodyAsOperator,
    endAllAfterRestore,
  }
}

const byToken = (acting: Administrator): Record<string, string> =>
  'bearer' in acting ? { token: acting.bearer.token.name } : {}
