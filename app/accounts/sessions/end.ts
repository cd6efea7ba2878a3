import type { Database, Transaction } from '~/database/types'
import type { NamedPerson, RecordAudit } from '../audit/record'
import type { Clock } from '../time'
import type { Announce, Receipt, Revocations } from '../revocations'
import { looksLikeId } from '../row-id'
import type { Acting, Viewer } from '../viewer'
import { findActing, requireFresh } from './acting-session'
import { applicationsReached, deleteSessions, type SessionFilter } from './delete-sessions'

/** What an ending did, or that the session which asked for it had itself ended before. */
export type Ended = {
  ok: true
  receipt: Receipt
  ended: readonly string[]
  /** The names of the applications that those sessions were signed in to. */
  applications: readonly string[]
}
export type SessionEnded = { ok: false; code: 'SESSION_ENDED' }
export const sessionEnded: SessionEnded = { ok: false, code: 'SESSION_ENDED' }
/** As much of who asks as it takes to leave. */
type Leaving = { viewer: { user: NamedPerson; session: { id: string } }; ip: string }
export type EndResult = Ended | SessionEnded

/**
 * The ways in which people end their own sessions. Each takes who asks, and touches only that
 * person's rows: another person's session id finds nothing, like one that never was.
 */
export function createEnd(deps: {
  database: Database
  revocations: Revocations
  record: RecordAudit
  clock: Clock
}) {
  const { database, revocations, record, clock } = deps

  /** Signs out the session that asks, at the account site or by an application's cookie. */
  async function endOwn({ viewer, ip }: Leaving): Promise<{ receipt: Receipt }> {
    const { user, session } = viewer
    const { receipt } = await revocations.commit(async (tx, announce) => {
      await database.lockUsers(tx, [user.id])
      const which = { userId: user.id, ids: [session.id] }
      const ended = await deleteSessions(tx, announce, which, 'signed-out', deps)
      if (ended.length === 0) return announce({ type: 'already-gone' })
      await record(tx, {
        kind: 'session.signed-out',
        actor: user,
        subject: user,
        sessionId: session.id,
        ip,
      })
    })
    return { receipt }
  }

  /** Signs out every other session of the person who asks. */
  function endOthers(acting: Acting): Promise<EndResult> {
    const { user, session } = acting.viewer
    return endElsewhere(acting, { userId: user.id, except: session.id })
  }

  /** Signs out the chosen sessions of the person who asks; the one that asks is never among them. */
  function endChosen(acting: Acting, sessionIds: readonly string[]): Promise<EndResult> {
    const { user, session } = acting.viewer
    const ids = [...new Set(sessionIds)].filter((id) => looksLikeId(id) && id !== session.id)
    return endElsewhere(acting, { userId: user.id, ids })
  }

  async function endElsewhere(acting: Acting, which: SessionFilter): Promise<EndResult> {
    const { value, receipt } = await revocations.commit(async (tx, announce) => {
      if (!(await isStillActing(tx, announce, acting))) return { ok: false as const }
      const applications = await applicationsReached(tx, which, deps)
      const ended = await endInTransaction(tx, announce, acting, which)
      return { ok: true as const, ended, applications }
    })
    return value.ok ? { ...value, receipt } : sessionEnded
  }

  /**
   * Whether the session that asks is still there, asked under the lock: two sessions that sign
   * each other out at once must not both succeed. When it is not, the answer is as final as that of
   * the ending itself.
   */
  async function isStillActing(
    tx: Transaction,
    announce: Announce,
    { viewer }: Acting,
  ): Promise<boolean> {
    return (await findStillActing(tx, announce, viewer)) !== null
  }

  /**
   * The same for what takes more than to be signed in: to have proved lately who one is.
   *
   * @throws StepUpNeeded
   */
  async function isFreshlyActing(
    tx: Transaction,
    announce: Announce,
    { viewer }: Acting,
  ): Promise<boolean> {
    const row = await findStillActing(tx, announce, viewer)
    if (row) requireFresh(row, clock.now())
    return row !== null
  }

  async function findStillActing(tx: Transaction, announce: Announce, viewer: Viewer) {
    await database.lockUsers(tx, [viewer.user.id])
    const row = await findActing(tx, viewer, clock.now())
    if (!row) announce({ type: 'already-gone' })
    return row
  }

  async function endInTransaction(
    tx: Transaction,
    announce: Announce,
    { viewer, ip }: Acting,
    which: SessionFilter,
  ) {
    const ended = await deleteSessions(tx, announce, which, 'signed-out-elsewhere', deps)
    if (ended.length === 0) announce({ type: 'already-gone' })
    else {
      await record(tx, {
        kind: ended.length === 1 ? 'session.ended' : 'sessions.ended',
        actor: viewer.user,
        subject: viewer.user,
        sessionId: viewer.session.id,
        ip,
        details: { count: ended.length, sessions: ended },
      })
    }
    return ended
  }

  /**
   * Resolves when what ended before is final everywhere: for whoever is answered that a session is
   * gone, without having ended it.
   */
  async function confirmGone(): Promise<void> {
    await revocations.commit((_, announce) => Promise.resolve(announce({ type: 'already-gone' })))
  }

  return { endOwn, endOthers, endChosen, isStillActing, isFreshlyActing, confirmGone }
}
