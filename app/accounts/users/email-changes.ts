import type { Database, Transaction } from '~/database/types'
import { addressKey } from '../addresses'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import type { EnqueueMail } from '../mail'
import { linkInvalid, type LinkInvalid, type OneTimeLinks } from '../one-time-links'
import { newId } from '../row-id'
import type { Announce, Revocations } from '../revocations'
import type { Sessions } from '../sessions/sessions'
import { sessionEnded, type SessionEnded } from '../sessions/end'
import { days, type Clock } from '../time'
import type { Acting, Origin } from '../viewer'
import { refuseReserved, unlessEmailTaken } from './add-user'

/** How long the old address can take a change back, and nobody else can have it. */
export const TAKE_BACK = days(7)

/** A change that waits for a press in the new mailbox. */
export type PendingChange = { id: string; toEmail: string; createdAt: Date }

/**
 * How people change their address where mail can be sent: the new one confirms first, and the old one is
 * told. Taking it back is in reclaim/.
 */
export function createEmailChanges(deps: {
  database: Database
  revocations: Revocations
  sessions: Pick<Sessions, 'isStillActing'>
  links: OneTimeLinks
  limits: AttemptLimits
  record: RecordAudit
  enqueueMail: EnqueueMail
  clock: Clock
}) {
  const { database, revocations, sessions, links, limits, record, enqueueMail, clock } = deps

  /** The change that a person asked for last, if it was not confirmed yet. */
  function pending({ userId }: { userId: string }): Promise<PendingChange | null> {
    return database.client.emailChange.findFirst({
      where: { userId, confirmedAt: null },
      orderBy: { id: 'desc' },
      select: { id: true, toEmail: true, createdAt: true },
    })
  }

  /** Forgets it, and the link with it. */
  async function cancel(acting: Acting): Promise<{ ok: true } | SessionEnded> {
    const { value } = await revocations.commit(async (tx, announce) => {
      if (!(await sessions.isStillActing(tx, announce, acting))) return sessionEnded
      await forgetPending(tx, acting.viewer.user.id)
      return { ok: true as const }
    })
    return value
  }

  /** Whose address a link changes to which; null when it does not work (any more). */
  async function find(secret: unknown) {
    const link = await links.find(database.client, { purpose: 'confirm_email', secret })
    if (!link?.userId || !link.about) return null
    const change = await database.client.emailChange.findUnique({
      where: { id: link.about, userId: link.userId, confirmedAt: null },
      select: {
        ...{ id: true, userId: true, fromEmail: true, toEmail: true },
        user: { select: { name: true, email: true, disabledAt: true } },
      },
    })
    if (!change || change.user.disabledAt || change.user.email !== change.fromEmail) return null
    return { link, change }
  }

  /** Changes the address, pressed by who reads the new mailbox. */
  async function confirm(
    secret: unknown,
    origin: Origin,
  ): Promise<
    { ok: true; email: string } | LinkInvalid | { ok: false; code: 'EMAIL_TAKEN' } | TooManyAttempts
  > {
    const tooMany = await limits.take([{ limit: 'link', of: addressKey(origin.ip) }])
    if (tooMany) return tooMany
    const found = await find(secret)
    if (!found) return linkInvalid
    const { link, change } = found
    return unlessEmailTaken(async () => {
      const { value } = await revocations.commit(async (tx, announce) => {
        await database.lockUsers(tx, [change.userId])
        const user = await tx.user.findFirst({
          where: { id: change.userId, email: change.fromEmail, disabledAt: null },
          select: { id: true, name: true, emailConfirmedAt: true },
        })
        if (!user || !(await links.consume(tx, link.id))) return linkInvalid
        await changeAddress(tx, announce, { ...change, user, ip: origin.ip })
        return { ok: true as const, email: change.toEmail }
      })
      return value
    })
  }

  async function changeAddress(
    tx: Transaction,
    announce: Announce,
    {
      id,
      fromEmail,
      toEmail,
      user,
      ip,
    }: {
      id: string
      fromEmail: string
      toEmail: string
      user: { id: string; name: string; emailConfirmedAt: Date | null }
      ip: string
    },
  ) {
    const now = clock.now()
    const userId = user.id
    const data = { email: toEmail, emailConfirmedAt: now, updatedAt: now }
    await tx.user.update({ where: { id: userId }, data })
    await refuseReserved(tx, { email: toEmail, userId }, now)
    await tx.emailChange.update({
      where: { id },
      data: {
        confirmedAt: now,
        fromConfirmedAt: user.emailConfirmedAt,
        reservedUntil: new Date(now.getTime() + TAKE_BACK),
      },
    })
    await links.endThoseThatOpen(tx, userId)
    await enqueueMail(
      tx,
      { userId, address: fromEmail },
      { kind: 'email-changed', emailChangeId: id },
    )
    const details = { from: fromEmail, to: toEmail }
    await record(tx, { actor: user, subject: user, ip, kind: 'user.email-changed', details })
    announce({ type: 'user-changed', userId })
  }

  return { pending, cancel, find, confirm }
}

export type EmailChanges = ReturnType<typeof createEmailChanges>

/**
 * Writes down that somebody wants another address, in a transaction that has locked them, and sends it a
 * link. It takes the place of a change that was not confirmed. Whether somebody has that address is not
 * said: only who reads its mailbox hears of it.
 */
export async function askForEmailChange(
  tx: Transaction,
  { acting, from, to }: { acting: Acting; from: string; to: string },
  { record, enqueueMail, clock }: { record: RecordAudit; enqueueMail: EnqueueMail; clock: Clock },
): Promise<void> {
  const { user, session } = acting.viewer
  const id = newId()
  await forgetPending(tx, user.id)
  await tx.emailChange.create({
    data: {
      ...{ id, userId: user.id, fromEmail: from, toEmail: to },
      ...{ createdAt: clock.now(), createdBySession: session.id },
    },
  })
  await enqueueMail(
    tx,
    { userId: user.id, address: to },
    { kind: 'confirm-email', emailChangeId: id },
  )
  await record(tx, {
    ...{ actor: user, subject: user, sessionId: session.id, ip: acting.ip },
    kind: 'user.email-change-asked',
    details: { from, to },
  })
}

async function forgetPending(tx: Transaction, userId: string) {
  await tx.emailChange.deleteMany({ where: { userId, confirmedAt: null } })
  await tx.oneTimeLink.deleteMany({ where: { userId, purpose: 'confirm_email' } })
}
