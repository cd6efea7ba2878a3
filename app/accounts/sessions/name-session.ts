import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import type { Revocations } from '../revocations'
import type { Clock } from '../time'
import { byThemselves } from '../users/current-password'
import type { Acting } from '../viewer'
import { sessionEnded, type SessionEnded } from './end'
import type { Sessions } from './sessions'

export type NameSession = ReturnType<typeof createNameSession>

/**
 * Lets people call a browser what they like. The name is the device's, so that the next sign-in there has
 * it again; each person has a row of their own of a device that several use, and never learns what
 * the others call it.
 */
export function createNameSession({
  revocations,
  sessions,
  limits,
  record,
  clock,
}: {
  revocations: Revocations
  sessions: Pick<Sessions, 'isStillActing'>
  limits: AttemptLimits
  record: RecordAudit
  clock: Clock
}) {
  type Named = { sessionId: string; label: string | null }

  /** Names the device of a session of the person who asks, or takes its name away. Others' are not found. */
  return function nameSession(
    acting: Acting,
    named: Named,
  ): Promise<
    { ok: true } | { ok: false; code: 'NO_SUCH_SESSION' } | SessionEnded | TooManyAttempts
  > {
    const { id } = acting.viewer.user
    return limits.within({ limit: 'ownChange', of: id }, () => nameNow(acting, named))
  }

  async function nameNow(acting: Acting, { sessionId, label }: Named) {
    const userId = acting.viewer.user.id
    const { value } = await revocations.commit(async (tx, announce) => {
      if (!(await sessions.isStillActing(tx, announce, acting))) return sessionEnded
      const session = await tx.session.findFirst({
        where: { id: sessionId, userId, expiresAt: { gt: clock.now() } },
        select: { label: true, deviceId: true },
      })
      if (!session) return { ok: false as const, code: 'NO_SUCH_SESSION' as const }
      const { label: from, deviceId } = session
      if (from === label) return { ok: true as const }
      const same = deviceId === null ? { id: sessionId } : { deviceId }
      await tx.session.updateMany({ where: { userId, ...same }, data: { label } })
      if (deviceId !== null) {
        await tx.knownDevice.updateMany({ where: { userId, id: deviceId }, data: { label } })
      }
      const details = { ...(from && { from }), ...(label && { to: label }), session: sessionId }
      await record(tx, { ...byThemselves(acting), kind: 'session.named', details })
      return { ok: true as const }
    })
    return value
  }
}
