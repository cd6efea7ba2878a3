import type { Client, Database } from '~/database/types'
import { BATCH, byUser, idsOf, lockFree } from '../batches'
import type { RecordAudit } from '../audit/record'
import { LINK_LIFETIME } from '../one-time-links'
import { KNOWN_FOR } from '../devices/known-devices'
import { DISOWN } from '../reclaim/sign-in-notice'
import type { Clock } from '../time'
import type { Revocations } from '../revocations'
import type { Activity } from './activity'

/**
 * Deletes the rows of sessions, API tokens, links and devices that have expired. Nothing depends on it being
 * quick: an expired row refuses by itself. It keeps what is stored about people to what is needed. Of
 * every session and token that goes this way the audit log says so.
 *
 * @returns how many sessions went
 */
export function createPurge({
  database,
  revocations,
  activity,
  record,
  clock,
}: {
  database: Database
  revocations: Revocations
  activity: Activity
  record: RecordAudit
  clock: Clock
}) {
  const expired = () => ({ expiresAt: { lte: clock.now() } })

  const nextBatch = () =>
    ({ where: expired(), select: { id: true }, orderBy: { id: 'asc' }, take: BATCH }) as const

  return async function purge(): Promise<number> {
    // First what is only in memory, or a session in use would look expired.
    await activity.flush()
    const sessions = await inBatches(purgeSessions)
    await inBatches(purgeTokens)
    await purgeTheRest(database.client)
    return sessions
  }

  /** What opens nothing any more, and nobody has to be told of. */
  async function purgeTheRest(client: Client) {
    await client.oneTimeLink.deleteMany({ where: expired() })
    await client.applicationCode.deleteMany({ where: expired() })
    await client.attemptCounter.deleteMany({ where: expired() })
    await client.pendingSignIn.deleteMany({ where: expired() })
    await client.rememberedDevice.deleteMany({ where: expired() })
    const unseen = new Date(clock.time() - KNOWN_FOR)
    await client.knownDevice.deleteMany({ where: { lastSeenAt: { lt: unseen } } })
    await client.usedChallenge.deleteMany({ where: expired() })
    await client.signInNotice.deleteMany({ where: expired() })
    // Longer than it can be taken back: who disowns a sign-in has the address from before it again.
    const confirmed = { lte: new Date(clock.time() - DISOWN) }
    await client.emailChange.deleteMany({ where: { confirmedAt: confirmed } })
    const unanswered = { lte: new Date(clock.time() - LINK_LIFETIME) }
    await client.emailChange.deleteMany({ where: { confirmedAt: null, createdAt: unanswered } })
  }

  async function purgeSessions(): Promise<number> {
    const { value } = await revocations.commit(async (tx, announce) => {
      const ids = await lockFree(database, tx, 'Session', await tx.session.findMany(nextBatch()))
      // Read under the lock: what was found before may be in use again, or ended otherwise.
      const where = { ...expired(), id: { in: ids } }
      const rows = await tx.session.findMany({ where, select: WITH_USER })
      await database.giveReason(tx, 'expired')
      await tx.session.deleteMany({ where })
      for (const [userId, ended] of byUser(rows)) {
        const sessionIds = idsOf(ended)
        announce({ type: 'sessions-ended', userId, sessionIds, reason: 'expired' })
      }
      for (const { id, user } of rows) {
        const details = { count: 1, sessions: [id], reason: 'expired' }
        await record(tx, { kind: 'session.ended', actor: null, subject: user, details })
      }
      return ids.length
    })
    return value
  }

  async function purgeTokens(): Promise<number> {
    const { value } = await revocations.commit(async (tx, announce) => {
      const ids = await lockFree(database, tx, 'ApiToken', await tx.apiToken.findMany(nextBatch()))
      const where = { ...expired(), id: { in: ids } }
      const rows = await tx.apiToken.findMany({ where, select: { ...WITH_USER, name: true } })
      await tx.apiToken.deleteMany({ where })
      for (const [userId, ended] of byUser(rows)) {
        announce({ type: 'tokens-ended', userId, tokenIds: idsOf(ended) })
      }
      for (const { id, name, user } of rows) {
        const details = { name, id }
        await record(tx, { kind: 'token.expired', actor: null, subject: user, details })
      }
      return ids.length
    })
    return value
  }
}

const WITH_USER = { id: true, userId: true, user: { select: { id: true, name: true } } } as const

/** Until a batch is not full: what is held by others then waits for the next purge. */
async function inBatches(deleteBatch: () => Promise<number>): Promise<number> {
  for (let gone = 0; ;) {
    const went = await deleteBatch()
    gone += went
    if (went < BATCH) return gone
  }
}
