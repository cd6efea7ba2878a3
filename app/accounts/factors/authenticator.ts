import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Transaction } from '~/database/types'
import { minutes, type Clock } from '../time'
import { createKey, keyAsAddress, keyAsText, keyFromText, matchingStep } from './totp'

/** Long enough to find the phone and to get a code wrong. */
const PROPOSAL_LIFE = minutes(10)
const LABEL = 'latchkey authenticator proposal v1'

/** A key that a page shows, of which nothing is stored until a first code of it was right. */
export type Proposal = {
  /** What the page sends back: the key, until when, and that it came from us to this browser. */
  signed: string
  /** To be typed into an app. */
  text: string
  /** To be read by an app from a picture. */
  address: string
}

/**
 * Proposes keys. Each travels in the page, signed by the form key of the session or pending sign-in that
 * the page is of: nobody can make a person enrol a key that somebody else knows.
 *
 * @param deps.siteName under which apps keep them, beside the account's name
 */
export function createProposals({ siteName, clock }: { siteName: string; clock: Clock }) {
  function shown(
    formKey: string,
    account: string,
    { key, until }: { key: Uint8Array; until: number },
  ): Proposal {
    const text = keyAsText(key)
    const signed = `${text}.${until}.${signatureOf(formKey, text, String(until))}`
    return { signed, text, address: keyAsAddress(key, { issuer: siteName, account }) }
  }

  return {
    /** A new one. */
    propose: (formKey: string, account: string): Proposal =>
      shown(formKey, account, { key: createKey(), until: clock.time() + PROPOSAL_LIFE }),

    /** The one that a page sent back, to be shown again as it was; null when it is not ours or too old. */
    proposalIn(formKey: string, signed: string, account: string): Proposal | null {
      const proposed = proposedKey(formKey, signed, clock.now())
      return proposed && shown(formKey, account, proposed)
    },
  }
}

export type Proposals = ReturnType<typeof createProposals>

/** The key that a page proposed, and until when; null when it is not ours or too old. */
export function proposedKey(
  formKey: string,
  signed: string,
  now: Date,
): { key: Uint8Array<ArrayBuffer>; until: number } | null {
  const [text = '', until = '', signature = ''] = signed.split('.', 3)
  const key = keyFromText(text)
  const given = Buffer.from(signature)
  const expected = Buffer.from(signatureOf(formKey, text, until))
  const isOurs = given.length === expected.length && timingSafeEqual(given, expected)
  if (!isOurs || !key || Number(until) <= now.getTime()) return null
  return { key, until: Number(until) }
}

const signatureOf = (formKey: string, key: string, until: string) =>
  createHmac('sha256', formKey).update(`${LABEL} ${key} ${until}`).digest('base64url')

/**
 * Stores a key in place of one that there was, for a user whose row is locked.
 *
 * @param options.step of the first code, which was right, and does not work again
 */
export async function storeAuthenticator(
  tx: Transaction,
  userId: string,
  { key, step, sessionId, now }: { key: Uint8Array; step: number; sessionId: string; now: Date },
): Promise<void> {
  const data = {
    ...{ key: new Uint8Array(key), lastStep: step, createdAt: now },
    ...{ lastUsedAt: null, createdBySession: sessionId },
  }
  await tx.authenticator.upsert({
    where: { userId },
    create: { userId, ...data },
    update: data,
  })
}

/**
 * Accepts a code, once: the step that it is of, and all before, count as used from then on. The condition
 * decides between two who send the same one, whoever has the lock.
 */
export async function acceptAuthenticatorCode(
  tx: Transaction,
  userId: string,
  code: string,
  now: Date,
): Promise<boolean> {
  const row = await tx.authenticator.findUnique({ where: { userId }, select: { key: true } })
  const step = row && matchingStep(row.key, code, now)
  if (step === null) return false
  const { count } = await tx.authenticator.updateMany({
    where: { userId, lastStep: { lt: step } },
    data: { lastStep: step, lastUsedAt: now },
  })
  return count === 1
}
