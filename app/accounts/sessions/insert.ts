import type { Database, SecondFactor, SignInMethod, Transaction } from '~/database/types'
import type { NamedPerson, RecordAudit } from '../audit/record'
import type { EnqueueMail } from '../mail'
import { tellOfNewDevice } from '../reclaim/sign-in-notice'
import type { Clock } from '../time'
import type { Announce } from '../revocations'
import { noteDevice } from '../devices/known-devices'
import { newId } from '../row-id'
import { hashSecret } from '../secret-token'
import { lastActive } from '../users/add-user'
import type { Origin } from '../viewer'
import { NOT_FRESH } from './acting-session'
import { deleteSessions } from './delete-sessions'
import { limitsAt, MAX_SESSIONS_PER_USER, type SessionPolicy } from './policy'
import { createFormKey, createRowSecret } from '../row-secret'

/** What the browser is given: the secret for its cookie, and until when. */
export type StartedSession = {
  id: string
  secret: string
  endsAt: Date
  kept: boolean
  /** By which this browser is known to be one of this person's afterwards; see devices/known-devices.ts. */
  knownDevice?: string
}

/** What somebody proved who signs in. */
export type Proof = { signedInBy: SignInMethod; secondFactor: SecondFactor | null }

type Deps = { database: Pick<Database, 'giveReason'>; clock: Clock; record: RecordAudit }

/**
 * Adds a session to a user whose row the transaction has locked, and writes that down. Makes room first:
 * beyond the limit the least recently active sessions end.
 *
 * @param session.id of the pending sign-in that becomes this session, if there was one
 */
export async function insertSession(
  tx: Transaction,
  announce: Announce,
  {
    id = newId(),
    user,
    kept,
    origin,
    proof,
  }: { id?: string; user: NamedPerson; kept: boolean; origin: Origin; proof: Proof },
  deps: Deps & { policy: SessionPolicy; enqueueMail: EnqueueMail },
): Promise<StartedSession> {
  const now = deps.clock.now()
  const userId = user.id
  await makeRoom(tx, announce, user, deps)
  const secret = createRowSecret(id)
  const { endsAt, expiresAt } = limitsAt(now, { kept }, deps.policy)
  const device = await noteDevice(tx, userId, { origin, sessionId: id, now })
  await tx.session.create({
    data: {
      id,
      tokenHash: hashSecret(secret),
      formKey: createFormKey(),
      userId,
      createdAt: now,
      lastSeenAt: now,
      // Whoever used up a recovery code may have found it.
      authenticatedAt: proof.secondFactor === 'recovery_code' ? NOT_FRESH : now,
      expiresAt,
      endsAt,
      ip: origin.ip,
      userAgent: origin.userAgent,
      deviceHints: origin.deviceHints ?? null,
      deviceId: device.id,
      label: device.label,
      ...proof,
    },
  })
  const { lastActiveAt } = await tx.user.findUniqueOrThrow({ where: { id: userId } })
  await tx.user.update({ where: { id: userId }, data: { lastActiveAt: now } })
  announce({ type: 'session-started', userId, sessionId: id })
  await deps.record(tx, {
    kind: 'session.started',
    actor: user,
    subject: user,
    sessionId: id,
    ip: origin.ip,
    details: { kept, ...browserOf(origin), ...proof },
  })
  if (device.isNew) {
    // Somebody who was not here for a year has no known browser either, and whoever comes is news.
    const isExpected = lastActive(lastActiveAt) === null || proof.signedInBy === 'link'
    await tellOfNewDevice(tx, { userId, sessionId: id, origin, isExpected }, deps)
  }
  return { id, secret, endsAt, kept, knownDevice: device.secret }
}

/** What the log keeps of the browser: the session's row, which has it too, goes with the session. */
const browserOf = ({ userAgent, deviceHints }: Origin) => ({
  userAgent,
  ...(deviceHints && { deviceHints }),
})

async function makeRoom(tx: Transaction, announce: Announce, user: NamedPerson, deps: Deps) {
  const userId = user.id
  const beyond = await tx.session.findMany({
    where: { userId, expiresAt: { gt: deps.clock.now() } },
    orderBy: [{ lastSeenAt: 'desc' }, { id: 'desc' }],
    skip: MAX_SESSIONS_PER_USER - 1,
    select: { id: true },
  })
  if (beyond.length === 0) return
  const which = { userId, ids: beyond.map(({ id }) => id) }
  const ended = await deleteSessions(tx, announce, which, 'too-many-sessions', deps)
  const details = { count: ended.length, sessions: ended, reason: 'too-many-sessions' }
  await deps.record(tx, { kind: 'sessions.ended', actor: null, subject: user, details })
}
