import type { Database } from '~/database/types'
import { addressKey } from '../addresses'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import type { Clock } from '../time'
import type { OneTimeLinks } from '../one-time-links'
import type { Receipt, Revocations } from '../revocations'
import { deleteSessions } from '../sessions/delete-sessions'
import { endReplaced, findReplaced, lockBoth } from '../sessions/end-replaced'
import type { Origin } from '../viewer'
import { ADMISSIBLE, type Admit, type Admitted } from './admit'
import { isCommonPassword } from './common-passwords'
import type { Passwords } from './passwords'
import { endPendingAndRemembered } from './pending-sign-ins'

type LinkInvalid = { ok: false; code: 'LINK_INVALID' }

/** How people choose a password by a one-time link: invited ones their first, forgetful ones their next. */
export function createChoosePassword(deps: {
  database: Database
  revocations: Revocations
  passwords: Passwords
  links: OneTimeLinks
  limits: AttemptLimits
  record: RecordAudit
  clock: Clock
  admit: Admit
  siteWords: readonly string[]
}) {
  const { database, revocations, passwords, links, limits, record, clock, admit } = deps

  /** Whose password the link chooses; null when it does not work (any more). */
  async function findOwner(secret: unknown) {
    const link = await links.find(database.client, { purpose: 'password', secret })
    if (!link?.userId) return null
    const user = await database.client.user.findUnique({
      where: { id: link.userId, disabledAt: null },
      select: {
        ...{ id: true, name: true, email: true, username: true },
        password: { select: { userId: true } },
      },
    })
    if (!user) return null
    const { password, ...person } = user
    return { link, user: { ...person, hasPassword: password !== null } }
  }

  /**
   * Sets the password, ends every session there was, and signs the person in here: whoever has a second
   * factor is asked for that first. Of two who use one link at once one succeeds.
   */
  async function choose(
    secret: unknown,
    password: string,
    origin: Origin,
    /** The secret that this browser came with, if any. */
    replacing: string | undefined,
  ): Promise<
    | ({ ok: true; receipt: Receipt } & Admitted)
    | LinkInvalid
    | { ok: false; code: 'COMMON_PASSWORD' }
    | TooManyAttempts
  > {
    const tooMany = await limits.take([{ limit: 'link', of: addressKey(origin.ip) }])
    if (tooMany) return tooMany
    const owner = await findOwner(secret)
    if (!owner) return linkInvalid
    const { user, link } = owner
    if (isCommonPassword(password, [...deps.siteWords, user.name, user.email, user.username])) {
      return { ok: false, code: 'COMMON_PASSWORD' }
    }
    const hash = await passwords.hash(password)
    const { value, receipt } = await revocations.commit(async (tx, announce) => {
      const replaced = await findReplaced(tx, replacing)
      await lockBoth(tx, user.id, replaced, database)
      const where = { id: user.id, disabledAt: null }
      const enabled = await tx.user.findUnique({ where, select: ADMISSIBLE })
      if (!enabled || !(await links.consume(tx, link.id))) return linkInvalid
      const changed = { hash, changedAt: clock.now() }
      await tx.password.upsert({
        where: { userId: user.id },
        create: { userId: user.id, ...changed },
        update: changed,
      })
      await endPendingAndRemembered(tx, user.id)
      const which = { userId: user.id }
      const ended = await deleteSessions(tx, announce, which, 'password-changed', deps)
      const proof = { signedInBy: 'link', secondFactor: null } as const
      const first = { user: enabled, kept: false, origin, proof }
      const admitted = await admit(tx, announce, first)
      if (admitted.session) await endReplaced(tx, announce, replaced, origin, deps)
      // The session that it is, or becomes.
      const sessionId = (admitted.session ?? admitted.pending).id
      const entry = { actor: user, subject: user, sessionId, ip: origin.ip }
      await record(tx, { ...entry, kind: 'password.set', details: { sessionsEnded: ended.length } })
      return { ok: true as const, ...admitted }
    })
    return value.ok ? { ...value, receipt } : value
  }

  return { findOwner, choose }
}

const linkInvalid = { ok: false as const, code: 'LINK_INVALID' as const }
