import type { Database, Transaction } from '~/database/types'
import { addressKey } from '../addresses'
import type { AttemptLimits, TooManyAttempts } from '../attempt-limits'
import type { RecordAudit } from '../audit/record'
import { isFactorDemanded, type FactorPolicy } from '../factors/which'
import { goingToOf } from '../going-to'
import type { EnqueueMail, OnTheWay } from '../mail'
import {
  linkInvalid,
  PASSWORD_LINKS,
  type FoundLink,
  type LinkInvalid,
  type OneTimeLinks,
} from '../one-time-links'
import type { Announce, Receipt, Revocations } from '../revocations'
import { endReplaced, findReplaced, lockBoth } from '../sessions/end-replaced'
import type { Clock } from '../time'
import type { Origin } from '../viewer'
import { ADMISSIBLE, type Admit, type Admitted } from './admit'
import { isCommonPassword } from './common-passwords'
import { endWaysIn } from './end-ways-in'
import type { Passwords } from './passwords'
import { forgetRetiredPassword, isRetiredPassword } from './retired-password'

export type ChosenPassword = {
  password: string
  /** The ids of the API tokens that go on working. */
  keepTokens?: readonly string[]
}

/** How people choose a password by a one-time link: invited ones their first, forgetful ones their next. */
export function createChoosePassword(deps: {
  database: Database
  revocations: Revocations
  passwords: Passwords
  links: OneTimeLinks
  limits: AttemptLimits
  record: RecordAudit
  enqueueMail: EnqueueMail
  clock: Clock
  admit: Admit
  factorPolicy: FactorPolicy
  siteWords: readonly string[]
}) {
  const { database, revocations, passwords, links, limits } = deps
  const { record, enqueueMail, clock, admit } = deps

  /** Whose password the link chooses, and what would go; null when it does not work (any more). */
  async function findOwner(secret: unknown) {
    const link = await links.find(database.client, { purpose: PASSWORD_LINKS, secret })
    if (!link?.userId) return null
    const user = await database.client.user.findUnique({
      where: { id: link.userId, disabledAt: null },
      select: {
        ...{ id: true, name: true, email: true, username: true, emailConfirmedAt: true },
        role: true,
        password: { select: { userId: true } },
        retiredPassword: { select: { userId: true } },
        apiTokens: {
          orderBy: { id: 'desc' },
          select: { id: true, name: true, createdAt: true, lastUsedAt: true },
        },
      },
    })
    if (!user || !isOfMailbox(link, user)) return null
    const { password, retiredPassword, apiTokens, role, ...person } = user
    const goingTo = await goingToOf(database.client, link)
    return {
      link,
      onTheWay: goingTo === undefined ? {} : { goingTo },
      tokens: apiTokens,
      isFirstProof: isFirstProof(link, user),
      user: { ...person, hasPassword: password !== null },
      // Who was locked out had a password, and it was made worthless.
      isNew: password === null && retiredPassword === null,
      isFactorDemanded: isFactorDemanded(deps.factorPolicy, role),
    }
  }

  /**
   * Sets the password, ends whatever else opened the account, and signs the person in here: whoever has a
   * second factor is asked for that first. Of two who use one link at once one succeeds.
   */
  async function choose(
    secret: unknown,
    { password, keepTokens = [] }: ChosenPassword,
    origin: Origin,
    /** The secret that this browser came with, if any. */
    replacing: string | undefined,
  ): Promise<
    | ({ ok: true; receipt: Receipt } & Admitted & OnTheWay)
    | LinkInvalid
    | { ok: false; code: 'COMMON_PASSWORD' | 'RETIRED_PASSWORD' }
    | TooManyAttempts
  > {
    const tooMany = await limits.take([{ limit: 'link', of: addressKey(origin.ip) }])
    if (tooMany) return tooMany
    const owner = await findOwner(secret)
    if (!owner) return linkInvalid
    const { user, link, onTheWay } = owner
    if (isCommonPassword(password, [...deps.siteWords, user.name, user.email, user.username])) {
      return { ok: false, code: 'COMMON_PASSWORD' }
    }
    if (await isRetiredPassword(database.client, { userId: user.id, password }, passwords)) {
      return { ok: false, code: 'RETIRED_PASSWORD' }
    }
    const hash = await passwords.hash(password)
    const { value, receipt } = await revocations.commit(async (tx, announce) => {
      const replaced = await findReplaced(tx, replacing)
      await lockBoth(tx, user.id, replaced, database)
      const where = { id: user.id, disabledAt: null }
      const select = { ...ADMISSIBLE, email: true, emailConfirmedAt: true } as const
      const now = await tx.user.findUnique({ where, select })
      if (!now || !isOfMailbox(link, now) || !(await links.consume(tx, link.id))) return linkInvalid
      await setPassword(tx, user.id, hash)
      const how = { keepTokens, isFirstProof: isFirstProof(link, now) }
      if (how.isFirstProof) await confirmEmail(tx, announce, user.id)
      const went = await endWaysIn(tx, announce, user, how, deps)
      const proof = { signedInBy: 'link', secondFactor: null } as const
      const admitted = await admit(tx, announce, { user: now, kept: false, origin, proof })
      if (admitted.session) await endReplaced(tx, announce, replaced, origin, deps)
      // The session that it is, or becomes.
      const sessionId = (admitted.session ?? admitted.pending).id
      const entry = { actor: user, subject: user, sessionId, ip: origin.ip }
      const details = { sessionsEnded: went.sessions, ...onlySome(went) }
      await record(tx, { ...entry, kind: 'password.set', details })
      if (user.hasPassword) {
        await enqueueMail(tx, { userId: user.id }, { kind: 'password-changed' })
      }
      return { ok: true as const, ...admitted }
    })
    return value.ok ? { ...value, ...onTheWay, receipt } : value
  }

  async function setPassword(tx: Transaction, userId: string, hash: string) {
    const changed = { hash, changedAt: clock.now() }
    await tx.password.upsert({
      where: { userId },
      create: { userId, ...changed },
      update: changed,
    })
    await forgetRetiredPassword(tx, userId)
  }

  async function confirmEmail(tx: Transaction, announce: Announce, userId: string) {
    const now = clock.now()
    const data = { emailConfirmedAt: now, updatedAt: now }
    await tx.user.update({ where: { id: userId }, data })
    announce({ type: 'user-changed', userId })
  }

  return { findOwner, choose }
}

type Mailbox = { email: string; emailConfirmedAt: Date | null }

/** A link that was mailed is for whoever has the address now. */
const isOfMailbox = (link: FoundLink, user: Mailbox): boolean =>
  link.email === null || link.email === user.email

/** Whether using this link shows for the first time that the address is its person's. */
const isFirstProof = (link: FoundLink, user: Mailbox): boolean =>
  link.email !== null && user.emailConfirmedAt === null

/** Said in the log where there were any. */
const onlySome = ({ tokens, factors }: { tokens: number; factors: number }) => ({
  ...(tokens > 0 && { tokensRevoked: tokens }),
  ...(factors > 0 && { factorsRemoved: factors }),
})
