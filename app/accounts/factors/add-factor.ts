import type { Transaction } from '~/database/types'
import type { NamedPerson, RecordAudit } from '../audit/record'
import type { EnqueueMail } from '../mail'
import type { OneTimeLinks } from '../one-time-links'
import { NOT_FRESH } from '../sessions/acting-session'
import type { Clock } from '../time'
import { proposedKey, storeAuthenticator } from './authenticator'
import { wrongCode, type WrongCode } from './code-attempts'
import { makeRecoveryCodes } from './recovery-codes'
import { matchingStep } from './totp'
import { factorsOf, hasFactor } from './which'

/** Who adds a factor: in a session, or on the way to the one that they are to have. */
export type Adding = {
  user: NamedPerson & { email: string }
  sessionId: string
  formKey: string
  ip: string
}

export type AddRefusal =
  | WrongCode
  /** The key that the page showed is too old, or is not for this browser. */
  | { ok: false; code: 'PROPOSAL_OVER' }
  | LinkNeeded

/** After an administrator took the factors away, the password alone must not be enough for the next one. */
export type LinkNeeded = { ok: false; code: 'LINK_NEEDED' }

export type Added = {
  ok: true
  /** To be shown this once; null where those from before go on. */
  recoveryCodes: string[] | null
}

/** What adding a factor of any kind has in common, inside the transaction that adds it, under the user's lock. */
export function createAddFactor(deps: {
  links: OneTimeLinks
  record: RecordAudit
  enqueueMail: EnqueueMail
  clock: Clock
}) {
  const { links, record, enqueueMail, clock } = deps

  /** Uses up the link that is needed after an administrator took factors away, where it is. */
  async function refuseWithoutLink(
    tx: Transaction,
    userId: string,
    linkSecret: string | undefined,
  ): Promise<LinkNeeded | null> {
    const { linkToAddFactor } = await tx.user.findUniqueOrThrow({ where: { id: userId } })
    if (!linkToAddFactor) return null
    const link = await links.find(tx, { purpose: 'add_factor', secret: linkSecret })
    const isTheirs = link?.userId === userId
    if (!isTheirs || !(await links.consume(tx, link.id))) return linkNeeded
    await tx.user.update({ where: { id: userId }, data: { linkToAddFactor: false } })
    return null
  }

  /** Recovery codes in place of those that there were. */
  async function makeCodes(
    tx: Transaction,
    { user, sessionId, ip }: Omit<Adding, 'formKey'>,
  ): Promise<string[]> {
    const codes = await makeRecoveryCodes(tx, user.id, { sessionId, now: clock.now() })
    const written = { actor: user, subject: user, sessionId, ip }
    await record(tx, { ...written, kind: 'recovery-codes.made', details: { codes: codes.length } })
    return codes
  }

  /**
   * To be called before a factor is stored. Recovery codes come with the first one, and with one that takes
   * the place of a lost one, whose codes may be in other hands.
   *
   * @returns the codes, to be shown this once; null where those from before go on
   */
  async function beforeAdding(
    tx: Transaction,
    adding: Omit<Adding, 'formKey'>,
    { replacesLost }: { replacesLost: boolean },
  ): Promise<string[] | null> {
    const before = await factorsOf(tx, adding.user.id)
    if (!hasFactor(before)) await endFreshness(tx, adding)
    const areNew = replacesLost || !hasFactor(before) || before.recoveryCodes === 0
    return areNew ? makeCodes(tx, adding) : null
  }

  /** From the first factor on, that the others' password was right a moment ago proves nothing any more. */
  const endFreshness = (tx: Transaction, { user, sessionId }: Omit<Adding, 'formKey'>) =>
    tx.session.updateMany({
      where: { userId: user.id, id: { not: sessionId } },
      data: { authenticatedAt: NOT_FRESH },
    })

  /**
   * Stores the authenticator that a page proposed, when the code is right, in place of one that there was.
   *
   * @param linkSecret of the link that an administrator handed over, if any
   * @param replacesLost whether it is in place of a lost one
   */
  async function addAuthenticator(
    tx: Transaction,
    adding: Adding,
    {
      proposal,
      code,
      linkSecret,
      replacesLost,
    }: { proposal: string; code: string; linkSecret: string | undefined; replacesLost: boolean },
  ): Promise<Added | AddRefusal> {
    const { user, sessionId, formKey, ip } = adding
    const now = clock.now()
    const proposed = proposedKey(formKey, proposal, now)
    if (!proposed) return { ok: false, code: 'PROPOSAL_OVER' }
    const step = matchingStep(proposed.key, code, now)
    if (step === null) return wrongCode
    const refusal = await refuseWithoutLink(tx, user.id, linkSecret)
    if (refusal) return refusal
    const recoveryCodes = await beforeAdding(tx, adding, { replacesLost })
    const { authenticator: replaces } = await factorsOf(tx, user.id)
    await storeAuthenticator(tx, user.id, { key: proposed.key, step, sessionId, now })
    // Who was to make the first one, or went by the old one, begins anew.
    await tx.pendingSignIn.deleteMany({ where: { userId: user.id, id: { not: sessionId } } })
    if (replaces) await tx.rememberedDevice.deleteMany({ where: { userId: user.id } })
    const written = { actor: user, subject: user, sessionId, ip }
    const details = { factor: 'authenticator', replaces }
    await record(tx, { ...written, kind: 'factor.added', details })
    await enqueueMail(tx, { userId: user.id }, { kind: 'factor-added', factor: 'authenticator' })
    return { ok: true, recoveryCodes }
  }

  return { refuseWithoutLink, makeCodes, beforeAdding, addAuthenticator }
}

export type AddFactor = ReturnType<typeof createAddFactor>

const linkNeeded: LinkNeeded = { ok: false, code: 'LINK_NEEDED' }
