import type { Database } from '~/database/types'
import type { Revocations } from '../revocations'
import { sessionEnded, type SessionEnded } from '../sessions/end'
import type { Sessions } from '../sessions/sessions'
import type { Acting } from '../viewer'

/** What the first administrator has to do once Latchkey is set up; whether each of it is done. */
export type NextSteps = { secondFactor: boolean; application: boolean; person: boolean }

/** What is left to do for who set Latchkey up, until they hide it. */
export function createNextSteps({
  database,
  revocations,
  sessions,
}: {
  database: Database
  revocations: Revocations
  sessions: Sessions
}) {
  /** One question, and of who is not greeted one row. Null for them. */
  async function find(userId: string): Promise<NextSteps | null> {
    const [row] = await database.client.$queryRaw<Record<keyof NextSteps, unknown>[]>`
      SELECT
        EXISTS (SELECT 1 FROM "Authenticator" WHERE "userId" = "User"."id")
          OR EXISTS (SELECT 1 FROM "Passkey" WHERE "userId" = "User"."id") AS "secondFactor",
        EXISTS (SELECT 1 FROM "Application") AS "application",
        EXISTS (SELECT 1 FROM "User" AS "other" WHERE "other"."id" <> "User"."id") AS "person"
      FROM "User" WHERE "id" = ${userId} AND "isGreeted"`
    if (!row) return null
    // SQLite answers with numbers.
    return {
      secondFactor: Boolean(row.secondFactor),
      application: Boolean(row.application),
      person: Boolean(row.person),
    }
  }

  /** Whoever knows it all is not shown it any more, in no browser. */
  async function hide(acting: Acting): Promise<{ ok: true } | SessionEnded> {
    const { value } = await revocations.commit(async (tx, announce) => {
      if (!(await sessions.isStillActing(tx, announce, acting))) return sessionEnded
      const { id } = acting.viewer.user
      await tx.user.update({ where: { id }, data: { isGreeted: false } })
      return { ok: true as const }
    })
    return value
  }

  return { find, hide }
}
