import type { Database, Transaction } from '~/database/types'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import type { EnqueueMail } from '../mail'
import type { OneTimeLinks } from '../one-time-links'
import type { Clock } from '../time'
import type { Receipt, Revocations } from '../revocations'
import { StepUpNeeded } from '../sessions/acting-session'
import { deleteSessions } from '../sessions/delete-sessions'
import { sessionEnded, type SessionEnded } from '../sessions/end'
import type { StartedSession } from '../sessions/insert'
import type { SessionPolicy } from '../sessions/policy'
import { replaceSecret } from '../sessions/replace-secret'
import type { Sessions } from '../sessions/sessions'
import type { Acting } from '../viewer'
import { byThemselves, createCurrentPassword, type WrongPassword } from './current-password'
import { activeSignIns, deleteUser } from './delete-user'
import { isLastAdministrator } from './last-administrator'
import { nameKeyOf } from '../name-key'
import { refuseReserved, unlessEmailTaken } from './add-user'
import { askForEmailChange } from './email-changes'
import { unexpiredToken } from '../api-tokens/verify-token'
import { endPendingAndRemembered } from '../sign-in/pending-sign-ins'
import { isCommonPassword } from '../sign-in/common-passwords'
import type { Passwords } from '../sign-in/passwords'

/** What people do with their own account. The password is asked for again where a stolen cookie alone must not do. */
export function createOwnAccount(deps: {
  database: Database
  revocations: Revocations
  sessions: Sessions
  passwords: Passwords
  limits: AttemptLimits
  record: RecordAudit
  links: Pick<OneTimeLinks, 'endThoseOfPassword' | 'endThoseThatOpen'>
  enqueueMail: EnqueueMail
  /** Whether there is mail to confirm an address by. */
  sendsMail: boolean
  clock: Clock
  policy: SessionPolicy
  siteWords: readonly string[]
}) {
  const { database, revocations, sessions, passwords, limits, record, enqueueMail, clock } = deps
  const current = createCurrentPassword(deps)

  /** Changes the name that everybody sees. */
  async function rename(
    acting: Acting,
    name: string,
  ): Promise<{ ok: true } | SessionEnded | TooManyAttempts> {
    const { id } = acting.viewer.user
    return limits.within({ limit: 'ownChange', of: id }, () => renameNow(acting, name))
  }

  async function renameNow(acting: Acting, name: string) {
    const { user } = acting.viewer
    const { value } = await revocations.commit(async (tx, announce) => {
      if (!(await sessions.isStillActing(tx, announce, acting))) return sessionEnded
      const { name: from } = await lockedUser(tx, user.id)
      if (name === from) return done
      await tx.user.update({
        where: { id: user.id },
        data: { name, nameKey: nameKeyOf(name), updatedAt: clock.now() },
      })
      const details = { from, to: name }
      await record(tx, { ...byThemselves(acting), kind: 'user.renamed', details })
      announce({ type: 'user-changed', userId: user.id })
      return done
    })
    return value
  }

  /**
   * Changes the address that the person signs in with. Where mail can be sent, that waits for a press in
   * the new mailbox.
   */
  async function changeEmail(
    acting: Acting,
    { email, currentPassword }: { email: string; currentPassword: string },
  ): Promise<
    | { ok: true; isConfirmed: boolean }
    | { ok: false; code: 'EMAIL_TAKEN' }
    | SessionEnded
    | WrongPassword
    | TooManyAttempts
  > {
    const proof = await current.prove(acting, currentPassword, { staysCounted: true })
    if (!proof.ok) return proof
    const { id } = acting.viewer.user
    const result = await limits
      .within({ limit: 'provenChange', of: id }, () =>
        unlessEmailTaken(() => changeEmailNow(acting, email, proof.hash)),
      )
      .catch(async (error: unknown) => {
        // The password was right; only a factor is asked for as well.
        if (error instanceof StepUpNeeded) await current.forgive(id)
        throw error
      })
    // An address that is taken counts like a wrong password, or anybody with an account could ask
    // without end who else has one.
    if (result.ok || result.code !== 'EMAIL_TAKEN') await current.forgive(id)
    return result
  }

  async function changeEmailNow(acting: Acting, email: string, verifiedHash: string) {
    const { user } = acting.viewer
    const { value } = await revocations.commit(async (tx, announce) => {
      const refusal = await current.refusalOfChange(tx, announce, acting, verifiedHash)
      if (refusal) return refusal
      const { email: from } = await lockedUser(tx, user.id)
      if (email === from) return saved
      if (deps.sendsMail) {
        await askForEmailChange(tx, { acting, from, to: email }, deps)
        return { ok: true as const, isConfirmed: false }
      }
      // Nobody has confirmed that this one is theirs.
      const data = { email, emailConfirmedAt: null, updatedAt: clock.now() }
      await tx.user.update({ where: { id: user.id }, data })
      await refuseReserved(tx, { email, userId: user.id }, clock.now())
      // A link that went to the old address must not open the account under the new one.
      await deps.links.endThoseThatOpen(tx, user.id)
      const details = { from, to: email }
      await record(tx, { ...byThemselves(acting), kind: 'user.email-changed', details })
      announce({ type: 'user-changed', userId: user.id })
      return saved
    })
    return value
  }

  /**
   * Changes the password. The session that asks goes on under a new secret; the others end unless
   * the person wants to keep them.
   */
  async function changePassword(
    acting: Acting,
    change: { currentPassword: string; newPassword: string; endOthers: boolean },
  ): Promise<
    | { ok: true; session: StartedSession; receipt: Receipt }
    | { ok: false; code: 'COMMON_PASSWORD' | 'SAME_PASSWORD' }
    | SessionEnded
    | WrongPassword
    | TooManyAttempts
  > {
    const { user } = acting.viewer
    const proof = await current.prove(acting, change.currentPassword)
    if (!proof.ok) return proof
    if (isSameText(change.newPassword, change.currentPassword)) {
      return { ok: false, code: 'SAME_PASSWORD' }
    }
    if (
      isCommonPassword(change.newPassword, [
        ...deps.siteWords,
        user.name,
        user.email,
        user.username,
      ])
    ) {
      return { ok: false, code: 'COMMON_PASSWORD' }
    }
    return limits.within({ limit: 'provenChange', of: user.id }, () =>
      changePasswordNow(acting, change, proof.hash),
    )
  }

  async function changePasswordNow(
    acting: Acting,
    change: { newPassword: string; endOthers: boolean },
    verifiedHash: string,
  ) {
    const { viewer } = acting
    const { user } = viewer
    const hash = await passwords.hash(change.newPassword)
    const { value, receipt } = await revocations.commit(async (tx, announce) => {
      const refusal = await current.refusalOfChange(tx, announce, acting, verifiedHash)
      if (refusal) return refusal
      await tx.password.update({
        where: { userId: user.id },
        data: { hash, changedAt: clock.now() },
      })
      // Links by which somebody could choose yet another password end with the old one.
      await deps.links.endThoseOfPassword(tx, user.id)
      await endPendingAndRemembered(tx, user.id)
      const others = { userId: user.id, except: viewer.session.id }
      const ended = change.endOthers
        ? await deleteSessions(tx, announce, others, 'password-changed', deps)
        : []
      const session = await replaceSecret(tx, announce, viewer, 'password-changed', deps)
      const details = { sessionsEnded: ended.length }
      await record(tx, { ...byThemselves(acting), kind: 'password.changed', details })
      await enqueueMail(tx, { userId: user.id }, { kind: 'password-changed' })
      return { ok: true as const, session }
    })
    return value.ok ? { ...value, receipt } : value
  }

  /** Deletes the account, and with it everything that could still open it. */
  async function deleteAccount(
    acting: Acting,
    { currentPassword }: { currentPassword: string },
  ): Promise<
    | { ok: true; receipt: Receipt }
    | { ok: false; code: 'LAST_ADMIN' }
    | SessionEnded
    | WrongPassword
    | TooManyAttempts
  > {
    const proof = await current.prove(acting, currentPassword)
    if (!proof.ok) return proof
    const { user } = acting.viewer
    const { value, receipt } = await revocations.commit(async (tx, announce) => {
      await database.lockAdministrators(tx)
      const refusal = await current.refusalOfChange(tx, announce, acting, proof.hash)
      if (refusal) return refusal
      if (await isLastAdministrator(tx, user.id))
        return { ok: false as const, code: 'LAST_ADMIN' as const }
      const { email } = await lockedUser(tx, user.id)
      const went = await deleteUser(tx, announce, user.id, deps)
      const details = { email, ...went }
      await record(tx, { ...byThemselves(acting), kind: 'user.deleted', details })
      const nobodyNow = { userId: null, address: email }
      await enqueueMail(tx, nobodyNow, { kind: 'account-deleted', byAdministrator: false })
      return done
    })
    return value.ok ? { ok: true, receipt } : value
  }

  /** How many API tokens the person has. */
  function countTokens({ userId }: { userId: string }): Promise<number> {
    return database.client.apiToken.count({ where: { userId, ...unexpiredToken(clock.now()) } })
  }

  /** At how many applications their browsers are signed in. */
  function countSignIns({ userId }: { userId: string }): Promise<number> {
    return database.client.applicationSession.count({ where: activeSignIns(userId, clock.now()) })
  }

  return { rename, changeEmail, changePassword, deleteAccount, countTokens, countSignIns }
}

/** As passwords are compared: in one Unicode form. */
const isSameText = (one: string, other: string) => one.normalize('NFC') === other.normalize('NFC')

/** As they are now, under the lock: what a request was let in with may be out of date. */
const lockedUser = (tx: Transaction, id: string) =>
  tx.user.findUniqueOrThrow({ where: { id }, select: { name: true, email: true } })

const done = { ok: true as const }
const saved = { ok: true as const, isConfirmed: true }
