import type { Database, Transaction } from '~/database/types'
import type { NamedPerson, RecordAudit } from '../audit/record'
import type { Clock } from '../time'
import { type Ceremony, type ChallengeOver, challengeOver, type Challenges } from './challenges'
import type { PasskeySite } from './passkey-site'
import type { PasskeyAnswer } from './schemas'

/**
 * An answer whose signature was right. It counts for nothing until `accept` has used up its challenge, in
 * the transaction of what it was given for.
 */
export type PasskeyProof = {
  passkeyId: string
  user: NamedPerson
  challenge: string
  counter: bigint
}

/** Unknown passkey, wrong signature, another person's, another origin, no finger and no PIN: one answer. */
export type PasskeyRefused = { ok: false; code: 'PASSKEY_REFUSED' }
export const passkeyRefused: PasskeyRefused = { ok: false, code: 'PASSKEY_REFUSED' }

export type PasskeyProofs = ReturnType<typeof createPasskeyProofs>

/** How somebody shows that they have a passkey: for a sign-in, a second step or a step-up. */
export function createPasskeyProofs({
  database,
  site,
  challenges,
  record,
  clock,
}: {
  database: Pick<Database, 'client'>
  site: PasskeySite
  challenges: Challenges
  record: RecordAudit
  clock: Clock
}) {
  /**
   * What a browser is to be asked for.
   *
   * @param userId whose passkeys; only where that person proved a right password or is signed in
   */
  async function optionsFor(ceremony: Ceremony, userId?: string) {
    if (userId === undefined) return site.optionsToUse(ceremony)
    const select = { credentialId: true, transports: true }
    const among = await database.client.passkey.findMany({ where: { userId }, select })
    return site.optionsToUse(ceremony, among)
  }

  /** Whose passkey it is that answers, whether or not the answer is right. */
  async function ownerOf(answer: PasskeyAnswer): Promise<NamedPerson | null> {
    return (await find(answer))?.user ?? null
  }

  /**
   * Checks what a passkey answered. Changes nothing: see PasskeyProof.
   *
   * @param userId whose passkey it has to be; without, whoever it belongs to is who signs in
   */
  async function verifyFor(
    answer: PasskeyAnswer,
    ceremony: Ceremony,
    userId?: string,
  ): Promise<{ ok: true; proof: PasskeyProof } | PasskeyRefused | ChallengeOver> {
    const passkey = await find(answer)
    if (!passkey || !isOf(answer, passkey.user.id, userId)) return passkeyRefused
    const verdict = await site.verifyAnswer(answer, ceremony, passkey)
    if (!verdict.ok) return verdict.isOver ? challengeOver : passkeyRefused
    const { challenge, counter } = verdict
    const { id: passkeyId, user } = passkey
    return { ok: true, proof: { passkeyId, user, challenge, counter: BigInt(counter) } }
  }

  /**
   * Takes a proof, in a transaction that has locked its person. Writes down that the passkey was used.
   *
   * @param sessionId the session that it is taken for
   */
  async function accept(
    tx: Transaction,
    { passkeyId, user, challenge, counter }: PasskeyProof,
    { sessionId, ip }: { sessionId: string | null; ip: string },
  ): Promise<{ ok: true } | PasskeyRefused | ChallengeOver> {
    // It may have been removed since the answer was checked.
    const where = { id: passkeyId, userId: user.id }
    const passkey = await tx.passkey.findUnique({
      where,
      select: { name: true, counter: true },
    })
    if (!passkey) return passkeyRefused
    if (!(await challenges.use(tx, challenge))) return challengeOver
    const { name, counter: known } = passkey
    const isBack = (counter > 0n || known > 0n) && counter <= known
    await tx.passkey.update({
      where,
      // The highest there was, or each use of a copy that lags behind would be noticed only once.
      data: { lastUsedAt: clock.now(), counter: isBack ? known : counter },
    })
    if (isBack) {
      const details = { name, id: passkeyId, counted: Number(counter), before: Number(known) }
      const kind = 'passkey.counted-back'
      await record(tx, { kind, actor: user, subject: user, sessionId, ip, details })
    }
    return { ok: true }
  }

  function find({ id }: PasskeyAnswer) {
    return database.client.passkey.findUnique({
      where: { credentialId: new Uint8Array(Buffer.from(id, 'base64url')) },
      select: { id: true, publicKey: true, user: { select: { id: true, name: true } } },
    })
  }

  return { optionsFor, ownerOf, verifyFor, accept }
}

/** The user handle is the id that the passkey was made with; a key that is told which to use may leave it out. */
function isOf({ response }: PasskeyAnswer, ownerId: string, userId = ownerId): boolean {
  const { userHandle } = response
  const isHandleRight =
    userHandle === undefined || Buffer.from(userHandle, 'base64url').toString() === ownerId
  return isHandleRight && ownerId === userId
}
