import type { Database, Transaction } from '~/database/types'
import { addressKey } from '../addresses'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import { linkInvalid, type LinkInvalid, type OneTimeLinks } from '../one-time-links'
import type { Announce, Receipt, Revocations } from '../revocations'
import { deleteSessions } from '../sessions/delete-sessions'
import { retirePassword } from '../sign-in/retired-password'
import type { Clock } from '../time'
import type { Origin } from '../viewer'
import { removeAddedSince, type Removed } from './added-since'

/**
 * How an address that was changed is taken back by who reads the old mailbox: what else was added since
 * then goes too, everybody is signed out, and a new password has to be chosen.
 */
export function createTakeBackEmail(deps: {
  database: Database
  revocations: Revocations
  links: OneTimeLinks
  limits: AttemptLimits
  record: RecordAudit
  clock: Clock
}) {
  const { database, revocations, links, limits, record, clock } = deps

  /** What a link takes back; null when it does not work (any more). */
  async function find(secret: unknown) {
    const link = await links.find(database.client, { purpose: 'take_back_email', secret })
    if (!link?.userId || !link.about) return null
    const { userId } = link
    const user = await database.client.user.findUnique({
      where: { id: userId },
      select: { id: true, name: true, email: true },
    })
    const changes = await openChanges(database.client, userId, clock.now())
    const [oldest] = changes
    if (!user || !oldest || !changes.some(({ id }) => id === link.about)) return null
    return { link, user, restores: oldest.fromEmail, since: oldest.createdAt }
  }

  /**
   * Takes it back. Where it was changed several times, to what it was before the first change that can
   * still be taken back: the changes after that may be those of whoever made it.
   *
   * @returns the secret of a link by which the person chooses their password
   */
  async function takeBack(
    secret: unknown,
    origin: Origin,
  ): Promise<
    | { ok: true; email: string; removed: Removed; passwordSecret: string; receipt: Receipt }
    | LinkInvalid
    | TooManyAttempts
  > {
    const tooMany = await limits.take([{ limit: 'link', of: addressKey(origin.ip) }])
    if (tooMany) return tooMany
    const found = await find(secret)
    if (!found) return linkInvalid
    const { link, user } = found
    const { value, receipt } = await revocations.commit(async (tx, announce) => {
      await database.lockUsers(tx, [user.id])
      const changes = await openChanges(tx, user.id, clock.now())
      const [oldest] = changes
      const works = changes.some(({ id }) => id === link.about)
      if (!oldest || !works || !(await links.consume(tx, link.id))) return linkInvalid
      await restoreAddress(tx, announce, { userId: user.id, change: oldest }, clock)
      // Who reads the old mailbox has just shown it.
      await tx.user.update({ where: { id: user.id }, data: { emailConfirmedAt: clock.now() } })
      const since = { userId: user.id, at: oldest.createdAt }
      const removed = await removeAddedSince(tx, announce, since, links)
      await tx.oneTimeLink.deleteMany({ where: { userId: user.id, purpose: 'take_back_email' } })
      const ended = await secureAccount(tx, announce, user.id, deps)
      const passwordSecret = await links.create(tx, { purpose: 'password', userId: user.id })
      const details = { from: user.email, to: oldest.fromEmail, count: ended.length }
      await record(tx, {
        ...{ actor: user, subject: user, ip: origin.ip },
        kind: 'user.email-taken-back',
        details: { ...details, ...namesOf(removed) },
      })
      return { ok: true as const, email: oldest.fromEmail, removed, passwordSecret }
    })
    return value.ok ? { ...value, receipt } : value
  }

  return { find, takeBack }
}

/** The changes of a person's address that can still be taken back, the oldest first. */
const openChanges = (client: Pick<Transaction, 'emailChange'>, userId: string, now: Date) =>
  client.emailChange.findMany({
    where: { userId, confirmedAt: { not: null }, reservedUntil: { gt: now } },
    orderBy: [{ confirmedAt: 'asc' }, { id: 'asc' }],
  })

/** Gives a person the address from before a change; that one, and all after it, can be forgotten then. */
export async function restoreAddress(
  tx: Transaction,
  announce: Announce,
  {
    userId,
    change,
  }: {
    userId: string
    change: { fromEmail: string; fromConfirmedAt: Date | null; createdAt: Date }
  },
  clock: Clock,
): Promise<void> {
  await tx.user.update({
    where: { id: userId },
    data: {
      ...{ email: change.fromEmail, emailConfirmedAt: change.fromConfirmedAt },
      updatedAt: clock.now(),
    },
  })
  await tx.emailChange.deleteMany({ where: { userId, createdAt: { gte: change.createdAt } } })
  announce({ type: 'user-changed', userId })
}

/**
 * Signs everybody out of an account, or all but one session, and makes its password worthless, which
 * somebody else may know. To be run under the lock of the user.
 *
 * @returns the ids of the sessions that ended
 */
export async function secureAccount(
  tx: Transaction,
  announce: Announce,
  userId: string,
  deps: { database: Pick<Database, 'giveReason'>; clock: Clock },
  { except }: { except?: string } = {},
): Promise<string[]> {
  await retirePassword(tx, userId, deps)
  const which = except === undefined ? { userId } : { userId, except }
  return deleteSessions(tx, announce, which, 'account-secured', deps)
}

/** For the log: only what there was. */
export function namesOf({ authenticator, recoveryCodes, passkeys, apiTokens }: Removed) {
  return {
    ...(authenticator && { authenticator }),
    ...(recoveryCodes > 0 && { recoveryCodes }),
    ...(passkeys.length > 0 && { passkeys }),
    ...(apiTokens.length > 0 && { apiTokens }),
  }
}
