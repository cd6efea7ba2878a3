import { join, sqltag as sql, type Sql } from '@prisma/client/runtime/client'
import type { Database, Transaction } from '~/database/types'
import { personOf, type RecordAudit } from '~/accounts/audit/record'
import { byUser, idsOf } from '~/accounts/batches'
import type { Announce, Receipt, Revocations } from '~/accounts/revocations'
import type { SessionEnded } from '~/accounts/sessions/end'
import { sessionEnded } from '~/accounts/sessions/end'
import type { Sessions } from '~/accounts/sessions/sessions'
import type { Clock } from '~/accounts/time'
import {
  createAsAdministrator,
  writtenBy,
  type AdministratorOrOperator,
  type AdminRefusal,
} from '~/accounts/users/as-administrator'
import type { Acting } from '~/accounts/viewer'
import { announceEnded } from './access'

/** An application that a session reached, as its owner sees it. */
export type ReachedApplication = {
  /** Of the sign-in there. */
  id: string
  sessionId: string
  applicationId: string
  name: string
  createdAt: Date
  lastUsedAt: Date
}

/** Somebody who is signed in to an application, as administrators see it. */
export type ListedSignIn = {
  id: string
  createdAt: Date
  lastUsedAt: Date
  user: { id: string; name: string }
  session: { ip: string; userAgent: string }
}

/** Shown at once; an application of thousands has a search for people. */
const MOST_LISTED = 200

/**
 * Which browser is signed in to which application, and the end of that. The session at Latchkey goes
 * on: the next visit to the application asks first, or the sign-out would look as if it had not worked.
 */
export function createSignIns(deps: {
  database: Database
  revocations: Revocations
  sessions: Pick<Sessions, 'isStillActing'>
  record: RecordAudit
  clock: Clock
}) {
  const { database, revocations, sessions, record, clock } = deps
  const { client } = database
  const { asAdministrator } = createAsAdministrator(deps)

  const hasCookie = { cookies: { some: {} } }
  const isActive = () => ({ ...hasCookie, session: { expiresAt: { gt: clock.now() } } })

  /** What a person's sessions reached and are still signed in to, in the order of their names. */
  async function ofUser(userId: string): Promise<ReachedApplication[]> {
    const rows = await client.applicationSession.findMany({
      where: { userId, ...isActive() },
      orderBy: { application: { name: 'asc' } },
      select: {
        ...TIMES,
        sessionId: true,
        applicationId: true,
        application: { select: { name: true } },
      },
    })
    return rows.map(({ application: { name }, ...row }) => ({ ...row, name }))
  }

  /** Who is signed in to an application, most recently used first. */
  async function at(applicationId: string): Promise<ListedSignIn[]> {
    const rows = await client.applicationSession.findMany({
      where: { applicationId, ...isActive() },
      orderBy: { lastUsedAt: 'desc' },
      take: MOST_LISTED,
      select: {
        ...TIMES,
        session: {
          select: { ip: true, userAgent: true, user: { select: { id: true, name: true } } },
        },
      },
    })
    return rows.map(({ session: { user, ...session }, ...row }) => ({ ...row, user, session }))
  }

  /** Which of these sign-ins still have a cookie: asked for open pages. */
  async function stillSignedIn(ids: readonly string[]): Promise<Set<string>> {
    const where = { id: { in: [...ids] }, ...hasCookie }
    const rows = await client.applicationSession.findMany({ where, select: { id: true } })
    return new Set(rows.map(({ id }) => id))
  }

  /** How many browsers are signed in to each application that has any. */
  async function counts(): Promise<Map<string, number>> {
    const groups = await client.applicationSession.groupBy({
      by: ['applicationId'],
      where: isActive(),
      _count: true,
    })
    return new Map(groups.map(({ applicationId, _count }) => [applicationId, _count]))
  }

  /** Signs one of the sessions of the person who asks out of an application, and of nothing else. */
  async function endOwn(
    acting: Acting,
    id: string,
  ): Promise<{ ok: true; receipt: Receipt; applications: string[] } | SessionEnded> {
    const { user, session } = acting.viewer
    const { value, receipt } = await revocations.commit(async (tx, announce) => {
      if (!(await sessions.isStillActing(tx, announce, acting))) return null
      const ended = await end(tx, announce, sql`"id" = ${id} AND "userId" = ${user.id}`)
      for (const { applicationId } of ended) {
        await record(tx, {
          kind: 'application.left',
          actor: user,
          subject: user,
          sessionId: session.id,
          ip: acting.ip,
          details: { application: applicationId },
        })
      }
      return ended
    })
    if (!value) return sessionEnded
    return { ok: true, receipt, applications: value.map(({ applicationId }) => applicationId) }
  }

  /** The same in the browser that asks at the application itself, by the sign-in that its cookie is of. */
  async function leave(id: string, { ip }: { ip: string }): Promise<{ receipt: Receipt }> {
    const { receipt } = await revocations.commit(async (tx, announce) => {
      const row = await tx.applicationSession.findUnique({ where: { id } })
      if (!row) return announce({ type: 'already-gone' })
      await database.lockUsers(tx, [row.userId])
      const subject = await personOf(tx, row.userId)
      for (const { applicationId } of await end(tx, announce, sql`"id" = ${id}`)) {
        const details = { application: applicationId }
        const { sessionId } = row
        await record(tx, {
          kind: 'application.left',
          actor: subject,
          subject,
          sessionId,
          ip,
          details,
        })
      }
    })
    return { receipt }
  }

  /**
   * Signs people out of an application: those of these sign-ins, or everybody. They are signed in again
   * when they open it, if they may still use it, after a press of a button.
   */
  async function endAt(
    by: AdministratorOrOperator,
    applicationId: string,
    ids?: readonly string[],
  ): Promise<{ ok: true; count: number; receipt: Receipt } | AdminRefusal> {
    const { value, receipt } = await asAdministrator(by, async ({ tx, announce }) => {
      const some = ids ? sql`AND "id" IN (${join(['', ...ids])})` : sql``
      const ended = await end(tx, announce, sql`"applicationId" = ${applicationId} ${some}`)
      const details = { application: applicationId }
      if (!ids && ended.length > 0) {
        const everybody = { ...details, count: ended.length, of: 'everybody' }
        const kind = 'application.everybody-left'
        await record(tx, { ...writtenBy(by, null), kind, details: everybody })
      }
      for (const [userId] of ids ? byUser(ended) : []) {
        const subject = await personOf(tx, userId)
        await record(tx, { ...writtenBy(by, subject), kind: 'application.left', details })
      }
      return { ok: true as const, count: ended.length }
    })
    return value.ok ? { ...value, receipt } : value
  }

  /** Deletes the cookies and codes, and leaves the row, which remembers to ask. */
  async function end(tx: Transaction, announce: Announce, which: Sql) {
    const reason = 'signed-out-of-application'
    await database.giveReason(tx, reason)
    const ended = await tx.$queryRaw<{ id: string; userId: string; applicationId: string }[]>`
      UPDATE "ApplicationSession" SET "askAgain" = TRUE
      WHERE ${which} AND (
        EXISTS (SELECT 1 FROM "ApplicationCookie" WHERE "applicationSessionId" = "ApplicationSession"."id") OR
        EXISTS (SELECT 1 FROM "ApplicationCode" WHERE "applicationSessionId" = "ApplicationSession"."id"))
      RETURNING "id", "userId", "applicationId"`
    const ids = idsOf(ended)
    // Codes first: whoever is exchanging one for a cookie at this moment holds it, and is waited for.
    await tx.applicationCode.deleteMany({ where: { applicationSessionId: { in: ids } } })
    await tx.applicationCookie.deleteMany({ where: { applicationSessionId: { in: ids } } })
    announceEnded(announce, ended, reason)
    if (ended.length === 0) announce({ type: 'already-gone' })
    return ended
  }

  return { ofUser, at, counts, stillSignedIn, endOwn, leave, endAt }
}

export type SignIns = ReturnType<typeof createSignIns>

const TIMES = { id: true, createdAt: true, lastUsedAt: true } as const
