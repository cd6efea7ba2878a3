import type { Client, Database, Transaction } from '~/database/types'
import { addressKey } from '../addresses'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import type { EnqueueMail } from '../mail'
import { linkInvalid, type LinkInvalid, type OneTimeLinks } from '../one-time-links'
import type { Announce, Receipt, Revocations } from '../revocations'
import { sessionEnded, type SessionEnded } from '../sessions/end'
import type { StartedSession } from '../sessions/insert'
import type { SessionPolicy } from '../sessions/policy'
import { replaceSecret } from '../sessions/replace-secret'
import type { Sessions } from '../sessions/sessions'
import type { Clock } from '../time'
import type { Acting, Origin } from '../viewer'
import { removeAddedSince, type Removed } from './added-since'
import { writeNotice } from './sign-in-notice'
import { namesOf, restoreAddress, secureAccount } from './take-back-email'

/** What saying so did, as it is kept to be shown again. */
export type Disowned = Removed & {
  sessions: number
  restoredEmail: string | null
  /** The address was changed, and somebody else has the one from before: no mail reaches the owner. */
  isAddressLost?: boolean
}

type Done = { ok: true; done: Disowned; receipt: Receipt }

/**
 * "It wasn't me": a person says of a sign-in that it was not theirs. Whatever that session, or any after
 * it, added is taken away, everybody is signed out, and the password no longer works. It takes access
 * away and never gives any, so that the link in a mail is enough to do it.
 */
export function createDisownSignIn(deps: {
  database: Database
  revocations: Revocations
  sessions: Pick<Sessions, 'isFreshlyActing'>
  links: OneTimeLinks
  limits: AttemptLimits
  record: RecordAudit
  enqueueMail: EnqueueMail
  clock: Clock
  policy: SessionPolicy
}) {
  const { database, revocations, sessions, links, limits, record, enqueueMail, clock } = deps

  /** The sign-in that a link is about, and what was done about it; null when it does not work any more. */
  async function find(secret: unknown) {
    const link = await links.find(database.client, { purpose: 'disown_sign_in', secret })
    if (!link?.userId || !link.about) return null
    return notice(database.client, { id: link.about, userId: link.userId })
  }

  async function notice(
    client: Client | Transaction,
    where: { id: string; userId: string } | { sessionId: string; userId: string },
  ) {
    const found = await client.signInNotice.findFirst({
      where: { ...where, expiresAt: { gt: clock.now() } },
      include: { user: { select: { id: true, name: true, email: true } } },
    })
    if (!found) return null
    const { outcome, ...rest } = found
    return { ...rest, outcome: outcome === null ? null : (JSON.parse(outcome) as Disowned) }
  }

  /** By the link of a mail. Pressed again it changes nothing, and says what was done. */
  async function byLink(
    secret: unknown,
    origin: Origin,
  ): Promise<Done | LinkInvalid | TooManyAttempts> {
    const tooMany = await limits.take([{ limit: 'link', of: addressKey(origin.ip) }])
    if (tooMany) return tooMany
    const found = await find(secret)
    if (!found) return linkInvalid
    const { id, userId } = found
    const { value, receipt } = await revocations.commit(async (tx, announce) => {
      await database.lockUsers(tx, [userId])
      const disowned = await notice(tx, { id, userId })
      if (!disowned) return linkInvalid
      const before = disowned.outcome
      if (before) return { ok: true as const, done: before }
      const done = await disown(tx, announce, disowned)
      await writeDown(tx, { ...disowned, sessionId: null }, done, origin.ip)
      return { ok: true as const, done }
    })
    return value.ok ? { ...value, receipt } : value
  }

  /** From the list of one's own sessions. The session that asks goes on, under a new secret. Throws StepUpNeeded. */
  async function bySession(
    acting: Acting,
    sessionId: string,
  ): Promise<
    | (Done & { session: StartedSession })
    | { ok: false; code: 'NO_SUCH_SESSION' | 'OWN_SESSION' }
    | SessionEnded
  > {
    const { user, session } = acting.viewer
    if (sessionId === session.id) return { ok: false, code: 'OWN_SESSION' }
    const { value, receipt } = await revocations.commit(async (tx, announce) => {
      if (!(await sessions.isFreshlyActing(tx, announce, acting))) return sessionEnded
      const disowned = await noticeOf(tx, { userId: user.id, sessionId })
      if (!disowned) return { ok: false as const, code: 'NO_SUCH_SESSION' as const }
      const done =
        disowned.outcome ?? (await disown(tx, announce, disowned, { except: session.id }))
      if (!disowned.outcome) {
        await writeDown(tx, { ...disowned, sessionId: session.id }, done, acting.ip)
      }
      const renewed = await replaceSecret(tx, announce, acting.viewer, 'account-secured', deps)
      return { ok: true as const, done, session: renewed }
    })
    return value.ok ? { ...value, receipt } : value
  }

  /** Whoever was not told of a sign-in by a mail can disown it all the same, while it is there. */
  async function noticeOf(tx: Transaction, which: { userId: string; sessionId: string }) {
    const told = await notice(tx, which)
    if (told) return told
    await tx.signInNotice.deleteMany({ where: { ...which, expiresAt: { lte: clock.now() } } })
    const session = await tx.session.findFirst({
      where: { id: which.sessionId, userId: which.userId },
      select: { createdAt: true, ip: true, userAgent: true },
    })
    if (!session) return null
    await writeNotice(tx, { ...which, ...session, signedInAt: session.createdAt }, clock)
    return notice(tx, which)
  }

  async function disown(
    tx: Transaction,
    announce: Announce,
    { userId, sessionId, signedInAt }: { userId: string; sessionId: string; signedInAt: Date },
    keep: { except?: string } = {},
  ): Promise<Disowned> {
    // First, so that the next mail reaches the owner.
    const address = await restoreEmail(tx, announce, { userId, signedInAt })
    const since = { userId, sessionId, at: signedInAt }
    const removed = await removeAddedSince(tx, announce, since, links)
    const ended = await secureAccount(tx, announce, userId, deps, keep)
    if (!address.isAddressLost) await enqueueMail(tx, { userId }, { kind: 'choose-new-password' })
    return { ...removed, sessions: ended.length, ...address }
  }

  /** Also what was asked for before this sign-in, by another one perhaps, if it was confirmed since. */
  async function restoreEmail(
    tx: Transaction,
    announce: Announce,
    { userId, signedInAt }: { userId: string; signedInAt: Date },
  ): Promise<Pick<Disowned, 'restoredEmail' | 'isAddressLost'>> {
    const change = await tx.emailChange.findFirst({
      where: { userId, confirmedAt: { gte: signedInAt } },
      orderBy: [{ confirmedAt: 'asc' }, { id: 'asc' }],
    })
    if (!change) return { restoredEmail: null }
    // Reserved for a week; after that somebody else may have it.
    const isTaken = await tx.user.count({ where: { email: change.fromEmail, id: { not: userId } } })
    if (isTaken > 0) return { restoredEmail: null, isAddressLost: true }
    await restoreAddress(tx, announce, { userId, change }, clock)
    return { restoredEmail: change.fromEmail }
  }

  async function writeDown(
    tx: Transaction,
    {
      id,
      user,
      sessionId,
      signedInAt,
    }: {
      id: string
      user: { id: string; name: string }
      sessionId: string | null
      signedInAt: Date
    },
    done: Disowned,
    ip: string,
  ) {
    await tx.signInNotice.update({
      where: { id },
      data: { disownedAt: clock.now(), outcome: JSON.stringify(done) },
    })
    const { restoredEmail, sessions: count } = done
    const restored = restoredEmail === null ? {} : { restoredEmail }
    await record(tx, {
      ...{ actor: user, subject: user, sessionId, ip },
      kind: 'session.disowned',
      details: { signedInAt: signedInAt.toISOString(), count, ...restored, ...namesOf(done) },
    })
  }

  return { find, byLink, bySession }
}

export type DisownSignIn = ReturnType<typeof createDisownSignIn>
