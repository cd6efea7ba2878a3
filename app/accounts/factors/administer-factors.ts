import type { Database, Transaction } from '~/database/types'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import type { EnqueueMail, MailedFactor } from '../mail'
import type { OneTimeLinks } from '../one-time-links'
import type { Announce, Receipt, Revocations } from '../revocations'
import { deleteSessions } from '../sessions/delete-sessions'
import { endPendingAndRemembered } from '../sign-in/pending-sign-ins'
import type { Clock } from '../time'
import {
  countedFor,
  createAsAdministrator,
  isOwnAccount,
  OPERATOR,
  ownAccount,
  writtenBy,
  type AdministratorOrOperator,
  type AdminRefusal,
  type OwnAccount,
} from '../users/as-administrator'
import { whoIs } from '../users/usernames'
import type { Acting } from '../viewer'

/** What was taken from somebody, and the link by which they make the next factor. */
type Removed = { ok: true; name: string; secret: string; factors: number; receipt: Receipt }

type NoFactors = { ok: false; code: 'NO_FACTORS' }

/** For whoever lost every second factor: an administrator takes them away, or the operator. */
export function createAdministerFactors(deps: {
  database: Database
  revocations: Revocations
  links: OneTimeLinks
  limits: AttemptLimits
  record: RecordAudit
  enqueueMail: EnqueueMail
  clock: Clock
}) {
  const { database, links, limits, record, enqueueMail } = deps
  const { asAdministrator, onUser } = createAsAdministrator(deps)

  /**
   * Takes somebody's second factors away, with everything that was opened by them, and makes the link
   * that the next one needs: until there is one, the password must not be enough to make it.
   */
  async function remove(
    by: AdministratorOrOperator,
    userId: string,
  ): Promise<Removed | AdminRefusal | OwnAccount | NoFactors> {
    if (by !== OPERATOR && isOwnAccount(by, userId)) return ownAccount
    const { value, receipt } = await asAdministrator(
      by,
      async ({ tx, announce }) => removeNow(tx, announce, by, userId),
      [userId],
    )
    return value.ok ? { ...value, receipt } : value
  }

  async function removeNow(
    tx: Transaction,
    announce: Announce,
    by: AdministratorOrOperator,
    userId: string,
  ) {
    const where = { userId }
    const user = await tx.user.findUnique({
      where: { id: userId },
      select: { id: true, name: true, authenticator: { select: { userId: true } } },
    })
    if (!user) return refuse('NO_SUCH_USER')
    const passkeys = await tx.passkey.findMany({ where, select: { name: true } })
    const gone: MailedFactor[] = [
      ...(user.authenticator ? [{ factor: 'authenticator' } as const] : []),
      ...passkeys.map(({ name }) => ({ factor: 'passkey', name }) as const),
    ]
    if (gone.length === 0) return refuse('NO_FACTORS')
    await tx.authenticator.deleteMany({ where })
    await tx.passkey.deleteMany({ where })
    await tx.recoveryCode.deleteMany({ where })
    await endPendingAndRemembered(tx, userId)
    const reason = 'signed-out-by-administrator'
    const ended = await deleteSessions(tx, announce, { userId }, reason, deps)
    await tx.user.update({ where: { id: userId }, data: { linkToAddFactor: true } })
    const details = { factors: gone.map(({ factor }) => factor), count: ended.length }
    await record(tx, { ...writtenBy(by, user), kind: 'factor.removed', details })
    for (const factor of gone) {
      const removed = { kind: 'factor-removed', byAdministrator: true } as const
      await enqueueMail(tx, { userId }, { ...removed, ...factor })
    }
    const secret = await links.create(tx, { purpose: 'add_factor', userId })
    return { ok: true as const, name: user.name, secret, factors: gone.length }
  }

  /** The same from the command line, for who is locked out of the only administrator's account. */
  async function removeAsOperator(
    emailOrUsername: string,
  ): Promise<Removed | AdminRefusal | OwnAccount | NoFactors> {
    const where = whoIs(emailOrUsername)
    const user = await database.client.user.findUnique({ where, select: { id: true } })
    return user ? remove(OPERATOR, user.id) : refuse('NO_SUCH_USER')
  }

  /** Another link for somebody who lost the first one; that one stops working. */
  async function createLink(
    acting: Acting,
    userId: string,
  ): Promise<
    | { ok: true; secret: string }
    | { ok: false; code: 'NO_LINK_NEEDED' }
    | AdminRefusal
    | OwnAccount
    | TooManyAttempts
  > {
    if (isOwnAccount(acting, userId)) return ownAccount
    return limits.within(countedFor(acting), () =>
      onUser(acting, userId, async ({ tx, user }) => {
        const { linkToAddFactor } = await tx.user.findUniqueOrThrow({ where: { id: userId } })
        if (!linkToAddFactor) return refuse('NO_LINK_NEEDED')
        const secret = await links.create(tx, { purpose: 'add_factor', userId })
        await record(tx, { ...writtenBy(acting, user), kind: 'link.for-factor-created' })
        return { ok: true as const, secret }
      }),
    )
  }

  /** Whether this is the secret of such a link that still works. */
  const isLink = async (secret: unknown): Promise<boolean> =>
    (await links.find(database.client, { purpose: 'add_factor', secret })) !== null

  return { remove, removeAsOperator, createLink, isLink }
}

const refuse = <Code extends string>(code: Code) => ({ ok: false as const, code })
