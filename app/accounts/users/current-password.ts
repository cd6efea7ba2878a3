import type { Database, Transaction } from '~/database/types'
import { isDatabaseBusy } from '~/database/errors'
import type { RecordAudit } from '../audit/record'
import type { Announce } from '../revocations'
import { sessionEnded, type SessionEnded } from '../sessions/end'
import { acceptedProofs } from '../sign-in/accepted-proofs'
import type { Sessions } from '../sessions/sessions'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { Passwords } from '../sign-in/passwords'
import type { Acting } from '../viewer'

export type WrongPassword = { ok: false; code: 'WRONG_PASSWORD' }

/** The current password, asked for again where a stolen cookie alone must not do. */
export function createCurrentPassword({
  database,
  sessions,
  passwords,
  limits,
  record,
}: {
  database: Database
  sessions: Sessions
  passwords: Passwords
  limits: AttemptLimits
  record: RecordAudit
}) {
  /**
   * Checks what was given as the current password, and says against which hash.
   *
   * @param staysCounted whether a right one counts like a wrong one, until it is forgiven
   */
  async function prove(
    acting: Acting,
    password: string,
    { staysCounted = false } = {},
  ): Promise<{ ok: true; hash: string } | SessionEnded | WrongPassword | TooManyAttempts> {
    const { user } = acting.viewer
    const attempts = attemptsOf(user.id)
    const tooMany = await limits.take(attempts)
    if (tooMany) {
      const { isFirst, ...refusal } = tooMany
      if (isFirst) await auditRefusal(acting, { reason: 'too-many-attempts' })
      return refusal
    }
    const hash = await matchingHash(user.id, password).catch(async (error: unknown) => {
      // Nothing was decided about the password, so it was no guess.
      if (!isDatabaseBusy(error)) await limits.giveBack(attempts)
      throw error
    })
    if (hash !== null) {
      if (!staysCounted) await limits.giveBack(attempts)
      return { ok: true, hash }
    }
    // A form that was sent twice: the first deleted the account, and no password was wrong.
    if ((await database.client.user.count({ where: { id: user.id } })) === 0) {
      await limits.giveBack(attempts)
      await sessions.confirmGone()
      return sessionEnded
    }
    await auditRefusal(acting)
    return wrongPassword
  }

  function auditRefusal(acting: Acting, details: { reason?: 'too-many-attempts' } = {}) {
    const refused = { ...byThemselves(acting), kind: 'password.refused', details } as const
    return database.transaction((tx) => record(tx, refused))
  }

  async function matchingHash(userId: string, password: string): Promise<string | null> {
    const row = await database.client.password.findUnique({ where: { userId } })
    return row && (await passwords.verify(password, row.hash)).matches ? row.hash : null
  }

  /** Takes back that one was counted. */
  function forgive(userId: string): Promise<void> {
    return limits.giveBack(attemptsOf(userId))
  }

  /** Under the lock: whether the session has ended, or the password is another one, by now. */
  async function refusalNow(tx: Transaction, announce: Announce, acting: Acting, hash: string) {
    if (!(await sessions.isStillActing(tx, announce, acting))) return sessionEnded
    const password = await tx.password.findUnique({ where: { userId: acting.viewer.user.id } })
    return password?.hash === hash ? null : wrongPassword
  }

  /**
   * The same for a form that asks for the password itself. That is the proof of who has no other; who
   * has a factor must have used that lately as well.
   *
   * @throws StepUpNeeded
   */
  async function refusalOfChange(
    tx: Transaction,
    announce: Announce,
    acting: Acting,
    hash: string,
  ) {
    const refusal = await refusalNow(tx, announce, acting, hash)
    if (refusal || (await acceptedProofs(tx, acting.viewer.user.id)).includes('password')) {
      return refusal
    }
    return (await sessions.isFreshlyActing(tx, announce, acting)) ? null : sessionEnded
  }

  return { prove, forgive, refusalNow, refusalOfChange }
}

const attemptsOf = (userId: string) => [{ limit: 'currentPassword', of: userId } as const]

const wrongPassword = { ok: false as const, code: 'WRONG_PASSWORD' as const }

/** Who did it to themselves, for the audit log. */
export const byThemselves = ({ viewer, ip }: Acting) => ({
  actor: viewer.user,
  subject: viewer.user,
  sessionId: viewer.session.id,
  ip,
})
