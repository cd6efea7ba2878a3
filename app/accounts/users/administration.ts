import type { Database, Role } from '~/database/types'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import type { AuditKind } from '../audit/kinds'
import type { Clock } from '../time'
import type { EnqueueMail } from '../mail'
import type { OneTimeLinks } from '../one-time-links'
import type { Revocations } from '../revocations'
import { deleteSessions } from '../sessions/delete-sessions'
import { endPendingAndRemembered } from '../sign-in/pending-sign-ins'
import type { Acting } from '../viewer'
import { nameKeyOf } from '../name-key'
import { newId } from '../row-id'
import { addUser, refuseReserved, unlessEmailTaken } from './add-user'
import { createAdministerLinks, handOver, type Handover } from './administer-links'
import { createChangeUsername } from './administer-usernames'
import {
  countedFor,
  createAsAdministrator,
  isOwnAccount,
  nothingToDo,
  ownAccount,
  writtenBy,
  type AdminRefusal,
  type OwnAccount,
} from './as-administrator'
import { isLastAdministrator, lastAdmin, type LastAdmin } from './last-administrator'
import { takeSuggested, takeUsername, usernameTaken, type UsernameTaken } from './usernames'

type EmailTaken = { ok: false; code: 'EMAIL_TAKEN' }

type NewUser = {
  name: string
  email: string
  role: Role
  /** What applications are to know them by; null or left out for a name made from the address. */
  username?: string | null
  /** How they get the link by which they choose their password. */
  link?: Handover
}
type EditedUser = { userId: string; name: string; email: string; role: Role }
type EditResult = { ok: true } | AdminRefusal | LastAdmin | EmailTaken | OwnAccount

/**
 * What administrators do with other people's accounts. Each verb asks again, in its transaction and
 * under the lock, whether who asks still is an administrator with a session: a right that was taken
 * away a moment ago does nothing any more.
 */
export function createAdministration(deps: {
  database: Database
  revocations: Revocations
  links: OneTimeLinks
  limits: AttemptLimits
  record: RecordAudit
  enqueueMail: EnqueueMail
  clock: Clock
}) {
  const { links, limits, record, enqueueMail, clock } = deps
  const { asAdministrator, onUser } = createAsAdministrator(deps)

  /** Creates a user who has no password yet, and the link by which they choose one; null when it is mailed. */
  async function create(
    acting: Acting,
    { username: wanted = null, link = 'shown', ...person }: NewUser,
  ): Promise<
    | { ok: true; userId: string; secret: string | null }
    | AdminRefusal
    | EmailTaken
    | UsernameTaken
    | TooManyAttempts
  > {
    return limits.within(countedFor(acting), () =>
      unlessEmailTaken(async () => {
        const { value } = await asAdministrator(acting, async ({ tx }) => {
          const userId = newId()
          const entered = { ...person, isEntered: true }
          const username = wanted ?? (await takeSuggested(tx, { ...entered, userId }))
          if (wanted !== null && !(await takeUsername(tx, { username, userId }))) {
            return usernameTaken
          }
          const isNew = { id: userId, username, passwordHash: null, now: clock.now() }
          const row = { ...person, ...isNew, isConfirmed: true }
          const user = await addUser(tx, row)
          const secret = await handOver(tx, userId, link, deps)
          const mailed = link === 'mailed' ? { mailed: true } : {}
          const details = { role: person.role, username, ...mailed }
          await record(tx, { ...writtenBy(acting, user), kind: 'user.created', details })
          return { ok: true as const, userId, secret }
        })
        return value
      }),
    )
  }

  /** Changes name, address and role. Taking the role of an administrator away has no limit. */
  async function edit(acting: Acting, edited: EditedUser): Promise<EditResult | TooManyAttempts> {
    const before = await deps.database.client.user.findUnique({
      where: { id: edited.userId },
      select: { role: true },
    })
    if (before?.role === 'admin' && edited.role !== 'admin') return editNow(acting, edited)
    return limits.within(countedFor(acting), () => editNow(acting, edited))
  }

  async function editNow(
    acting: Acting,
    { userId, name, email, role }: EditedUser,
  ): Promise<EditResult> {
    return unlessEmailTaken(() =>
      onUser(acting, userId, async ({ tx, announce, user }) => {
        if (user.role === 'admin' && role !== 'admin' && (await isLastAdministrator(tx, userId))) {
          return lastAdmin
        }
        if (email !== user.email && isOwnAccount(acting, userId)) return ownAccount
        const changes = differing([
          ['user.renamed', user.name, name],
          ['user.email-changed', user.email, email],
          ['user.role-changed', user.role, role],
        ])
        if (changes.length === 0) return nothingToDo(announce)
        for (const [kind, from, to] of changes) {
          await record(tx, { ...writtenBy(acting, user), kind, details: { from, to } })
        }
        const now = clock.now()
        await tx.user.update({
          where: { id: userId },
          data: {
            ...{ name, nameKey: nameKeyOf(name), email, role, updatedAt: now },
            ...(email !== user.email && { emailConfirmedAt: now }),
          },
        })
        await refuseReserved(tx, { email, userId }, now)
        if (email !== user.email) {
          // An administrator has the last word about whose address this is.
          await tx.emailChange.deleteMany({ where: { userId } })
          // A link that went to the old address must not open the account under the new one.
          await links.endThoseThatOpen(tx, userId)
          const before = { userId, address: user.email }
          await enqueueMail(tx, before, { kind: 'email-changed-by-administrator' })
        }
        if (role !== user.role) await enqueueMail(tx, { userId }, { kind: 'role-changed', role })
        announce({ type: 'user-changed', userId })
        return { ok: true as const }
      }),
    )
  }

  /** Ends everything of a user's at once, and refuses their sign-in until they are enabled again. */
  async function disable(
    acting: Acting,
    userId: string,
  ): Promise<{ ok: true } | AdminRefusal | LastAdmin> {
    return onUser(acting, userId, async ({ tx, announce, user }) => {
      if (await isLastAdministrator(tx, userId)) return lastAdmin
      const ended = await deleteSessions(tx, announce, { userId }, 'account-disabled', deps)
      await links.endThoseThatOpen(tx, userId)
      await endPendingAndRemembered(tx, userId)
      if (user.disabledAt && ended.length === 0) return nothingToDo(announce)
      const at = clock.now()
      await tx.user.update({ where: { id: userId }, data: { disabledAt: at, updatedAt: at } })
      announce({ type: 'user-changed', userId })
      const details = { sessions: ended.length }
      await record(tx, { ...writtenBy(acting, user), kind: 'user.disabled', details })
      if (!user.disabledAt) await enqueueMail(tx, { userId }, { kind: 'account-disabled' })
      return { ok: true as const }
    })
  }

  /** Lets a disabled user sign in again. */
  async function enable(
    acting: Acting,
    userId: string,
  ): Promise<{ ok: true } | AdminRefusal | TooManyAttempts> {
    return limits.within(countedFor(acting), () =>
      onUser(acting, userId, async ({ tx, announce, user }) => {
        if (!user.disabledAt) return nothingToDo(announce)
        const data = { disabledAt: null, updatedAt: clock.now() }
        await tx.user.update({ where: { id: userId }, data })
        announce({ type: 'access-granted', userId })
        await record(tx, { ...writtenBy(acting, user), kind: 'user.enabled' })
        await enqueueMail(tx, { userId }, { kind: 'account-enabled' })
        return { ok: true as const }
      }),
    )
  }

  return {
    create,
    edit,
    changeUsername: createChangeUsername(deps),
    disable,
    enable,
    ...createAdministerLinks(deps),
  }
}

const differing = (changes: [AuditKind, from: string, to: string][]) =>
  changes.filter(([, from, to]) => from !== to)
