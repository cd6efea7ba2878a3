import { isForeignKeyViolation } from '~/database/errors'
import type { Database } from '~/database/types'
import type { AttemptLimits, TooManyAttempts } from '~/accounts/attempt-limits'
import type { RecordAudit } from '~/accounts/audit/record'
import type { Revocations } from '~/accounts/revocations'
import { newId } from '~/accounts/row-id'
import { createSecret, hashSecret } from '~/accounts/secret-token'
import { sessionEnded, type SessionEnded } from '~/accounts/sessions/end'
import type { Sessions } from '~/accounts/sessions/sessions'
import { hours, seconds, type Clock } from '~/accounts/time'
import type { Acting } from '~/accounts/viewer'
import { refusalToOpen } from './access'

/** How long a code waits to be exchanged for a cookie. */
const CODE_LIFE = seconds(60)

export type OpenRefusal =
  | { ok: false; code: 'NO_SUCH_APPLICATION' }
  /** This person may not use it. */
  | { ok: false; code: 'NOT_THEIRS'; application: { id: string; name: string } }
  /** It asks for a second factor, and this session has shown none. */
  | { ok: false; code: 'NEEDS_FACTOR' }
  /** After a sign-out of this application alone: wait for a press of a button. */
  | { ok: false; code: 'ASK_FIRST'; application: { id: string; name: string; address: string } }

/** What the browser takes to the application's host, in an address. */
export type OpenedApplication = { ok: true; address: string; secret: string }

/**
 * The first half of the way into an application, at the account site: a signed-in person is given a
 * code, which the application's host exchanges for a cookie of its own, in the same browser.
 */
export function createOpenApplication(deps: {
  database: Database
  revocations: Revocations
  sessions: Pick<Sessions, 'isStillActing'>
  limits: AttemptLimits
  record: RecordAudit
  clock: Clock
}) {
  const { database, revocations, sessions, limits, record, clock } = deps

  /**
   * Makes a code. It is bound to the browser that has the nonce, so that nobody can hand theirs to
   * somebody else, who would then work in the wrong account.
   *
   * @param nonceHash SHA-256 of the nonce, as base64url
   * @param agreed whether the person pressed the button that asks
   */
  async function open(
    acting: Acting,
    {
      applicationId,
      nonceHash,
      returnTo,
      agreed,
    }: { applicationId: string; nonceHash: string; returnTo: string; agreed: boolean },
  ): Promise<OpenedApplication | OpenRefusal | SessionEnded | TooManyAttempts> {
    const { user, session } = acting.viewer
    // Codes that were used leave no row, so they are counted: a browser that keeps no cookies of the
    // application's host would go round for ever.
    const refused = await limits.take([{ limit: 'opening', of: `${session.id} ${applicationId}` }])
    if (refused) return refused
    const opening = revocations.commit(async (tx, announce) => {
      if (!(await sessions.isStillActing(tx, announce, acting))) return sessionEnded
      const application = await tx.application.findUnique({ where: { id: applicationId } })
      if (!application) return noSuchApplication
      const { id, name, address } = application
      const details = { application: id, name }
      const written = { actor: user, subject: user, sessionId: session.id, ip: acting.ip, details }
      const refusal = await refusalToOpen(tx, { userId: user.id, sessionId: session.id }, id)
      if (refusal === 'NOT_THEIRS') {
        return { ok: false as const, code: refusal, application: { id, name } }
      }
      if (refusal === 'NEEDS_FACTOR') return { ok: false as const, code: refusal }
      const now = clock.now()
      const known = { sessionId: session.id, applicationId: id }
      const before = await tx.applicationSession.findUnique({
        where: { sessionId_applicationId: known },
      })
      if (before?.askAgain && !agreed) {
        const asked = { id, name, address }
        return { ok: false as const, code: 'ASK_FIRST' as const, application: asked }
      }
      const applicationSessionId = before?.id ?? newId()
      if (!before) {
        const times = { createdAt: now, lastUsedAt: now }
        const data = { id: applicationSessionId, ...known, userId: user.id, ...times }
        await tx.applicationSession.create({ data: { ...data, askAgain: false } })
        await record(tx, { ...written, kind: 'application.reached' })
        announce({ type: 'access-granted', userId: user.id })
      } else if (before.askAgain) {
        await tx.applicationSession.update({ where: { id: before.id }, data: { askAgain: false } })
        await record(tx, { ...written, kind: 'application.reached' })
      }
      const code = createSecret()
      await tx.applicationCode.create({
        data: {
          codeHash: hashSecret(code),
          applicationSessionId,
          nonceHash: new Uint8Array(Buffer.from(nonceHash, 'base64url')),
          returnTo,
          expiresAt: new Date(now.getTime() + CODE_LIFE),
        },
      })
      return { ok: true as const, address, secret: code }
    })
    const { value } = await opening.catch((error: unknown) => {
      // It was deleted between our look and our row.
      if (isForeignKeyViolation(error)) return { value: noSuchApplication }
      throw error
    })
    if (!value.ok && value.code === 'NOT_THEIRS') await writeRefusal(acting, value.application)
    return value
  }

  /** Once an hour: who goes on trying adds nothing to the log. */
  async function writeRefusal(
    { viewer: { user, session }, ip }: Acting,
    { id, name }: { id: string; name: string },
  ) {
    const { points } = await database.count(`refused: ${session.id} ${id}`, 1, hours(1))
    if (points > 1) return
    const details = { application: id, name }
    const written = { actor: user, subject: user, sessionId: session.id, ip, details }
    await database.transaction((tx) => record(tx, { ...written, kind: 'application.refused' }))
  }

  return open
}

const noSuchApplication = { ok: false as const, code: 'NO_SUCH_APPLICATION' as const }
