import type { Database, Transaction } from '~/database/types'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import type { EnqueueMail } from '../mail'
import type { OneTimeLinks } from '../one-time-links'
import type { Revocations } from '../revocations'
import type { Clock } from '../time'
import type { Acting } from '../viewer'
import {
  countedFor,
  createAsAdministrator,
  isOwnAccount,
  ownAccount,
  writtenBy,
  type AdminRefusal,
  type OwnAccount,
} from './as-administrator'
import { whoIs } from './usernames'

/** How a link reaches its person: by mail, or shown to whoever made it, to be passed on. */
export type Handover = 'mailed' | 'shown'

type Deps = {
  database: Database
  revocations: Revocations
  links: OneTimeLinks
  limits: AttemptLimits
  record: RecordAudit
  enqueueMail: EnqueueMail
  clock: Clock
}

/**
 * Hands out a link by which somebody chooses their password; earlier ones stop working.
 *
 * @returns its secret; null when it is made at the moment when it is mailed
 */
export async function handOver(
  tx: Transaction,
  userId: string,
  by: Handover,
  { links, enqueueMail }: Pick<Deps, 'links' | 'enqueueMail'>,
): Promise<string | null> {
  if (by === 'shown') return links.create(tx, { purpose: 'password', userId })
  await tx.oneTimeLink.deleteMany({ where: { purpose: 'password', userId } })
  await enqueueMail(tx, { userId }, { kind: 'invitation' })
  return null
}

/** The links by which people choose a password whom nobody can ask for their old one. */
export function createAdministerLinks(deps: Deps) {
  const { links, limits, record } = deps
  const { onUser } = createAsAdministrator(deps)

  /** A fresh link for somebody who forgot their password; earlier ones stop working. */
  async function createPasswordLink(
    acting: Acting,
    userId: string,
    by: Handover = 'shown',
  ): Promise<{ ok: true; secret: string | null } | AdminRefusal | OwnAccount | TooManyAttempts> {
    if (isOwnAccount(acting, userId)) return ownAccount
    return limits.within(countedFor(acting), () =>
      onUser(acting, userId, async ({ tx, user }) => {
        const secret = await handOver(tx, userId, by, deps)
        const details = by === 'mailed' ? { mailed: true } : {}
        await record(tx, { ...writtenBy(acting, user), kind: 'link.created', details })
        return { ok: true as const, secret }
      }),
    )
  }

  /** The same from the command line, for whom no administrator can help: the only one, say. */
  async function createPasswordLinkAsOperator(
    emailOrUsername: string,
  ): Promise<
    { ok: true; secret: string; name: string } | { ok: false; code: 'NO_SUCH_USER' | 'DISABLED' }
  > {
    const { value } = await deps.revocations.commit(async (tx) => {
      const found = await tx.user.findUnique({
        where: whoIs(emailOrUsername),
        select: { id: true },
      })
      if (!found) return refuse('NO_SUCH_USER')
      await deps.database.lockUsers(tx, [found.id])
      const user = await tx.user.findUnique({
        where: { id: found.id },
        select: { id: true, name: true, disabledAt: true },
      })
      if (!user) return refuse('NO_SUCH_USER')
      if (user.disabledAt) return refuse('DISABLED')
      const secret = await links.create(tx, { purpose: 'password', userId: user.id })
      await record(tx, { kind: 'link.created', actor: null, subject: user })
      return { ok: true as const, secret, name: user.name }
    })
    return value
  }

  return { createPasswordLink, createPasswordLinkAsOperator }
}

const refuse = <Code extends string>(code: Code) => ({ ok: false as const, code })
