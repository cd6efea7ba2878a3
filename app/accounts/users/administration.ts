import type { Database, Role } from '~/database/types'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import type { AuditKind } from '../audit/kinds'
import type { Clock } from '../time'
import type { OneTimeLinks } from '../one-time-links'
import type { Revocations } from '../revocations'
import { deleteSessions } from '../sessions/delete-sessions'
import { endPendingAndRemembered } from '../sign-in/pending-sign-ins'
import type { Acting } from '../viewer'
import { nameKeyOf } from '../name-key'
import { newId } from '../row-id'
import { addUser, refuseReserved, unlessEmailTaken } from './add-user'
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
import { takeSuggested, takeUsername, usernameTaken, whoIs, type UsernameTaken } from './usernames'

type EmailTaken = { ok: false; code: 'EMAIL_TAKEN' }

type NewUser = {
  name: string
  email: string
  role: Role
  /** What applications are to know them by; null or left out for a name made from the address. */
  username?: string | null
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
  clock: Clock
}) {
  const { links, limits, record, clock } = deps
  const { asAdministrator, onUser } = createAsAdministrator(deps)

  /** Creates a user who has no password yet, and the link by which they choose one. */
  async function create(
    acting: Acting,
    { username: wanted = null, ...person }: NewUser,
  ): Promise<
    | { ok: true; userId: string; secret: string }
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
          const row = { ...entered, id: userId, username, passwordHash: null, now: clock.now() }
          const user = await addUser(tx, row)
          const secret = await links.create(tx, { purpose: 'password', userId })
          const details = { role: person.role, username }
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
        // An administrator has the last word about whose address this is.
        if (email !== user.email) await tx.emailChange.deleteMany({ where: { userId } })
        // A link that went to the old address must not open the account under the new one.
        if (email !== user.email) await links.endThoseThatOpen(tx, userId)
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
        return { ok: true as const }
      }),
    )
  }

  /** A fresh link for somebody who forgot their password; earlier ones stop working. */
  async function createPasswordLink(
    acting: Acting,
    userId: string,
  ): Promise<{ ok: true; secret: string } | AdminRefusal | OwnAccount | TooManyAttempts> {
    if (isOwnAccount(acting, userId)) return ownAccount
    return limits.within(countedFor(acting), () =>
      onUser(acting, userId, async ({ tx, user }) => {
        const secret = await links.create(tx, { purpose: 'password', userId })
        await record(tx, { ...writtenBy(acting, user), kind: 'link.created' })
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

  return {
    create,
    edit,
    changeUsername: createChangeUsername(deps),
    disable,
    enable,
    createPasswordLink,
    createPasswordLinkAsOperator,
  }
}

const differing = (changes: [AuditKind, from: string, to: string][]) =>
  changes.filter(([, from, to]) => from !== to)

const refuse = <Code extends string>(code: Code) => ({ ok: false as const, code })
