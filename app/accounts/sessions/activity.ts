import type { Database, Transaction } from '~/database/types'
import { batchesById } from '../batches'
import type { Clock } from '../time'
import type { Revocation, Revocations } from '../revocations'
import type { IdentityCache } from './identity-cache'
import {
  ACTIVITY_RESOLUTION,
  ACTIVITY_WRITE_INTERVAL,
  idleExpiry,
  type SessionPolicy,
} from './policy'

/**
 * When a session was last used, gathered in memory and written in batches. Writing is a conditional
 * update of a row that is there, never an insert: activity cannot bring an ended session back.
 *
 * A session lives as long as its row says, and not a moment longer in memory: its limit moves there
 * once it has moved in the row. So when the next batch could come too late, the use is written at
 * once.
 */
export type Activity = {
  /** A person navigated or sent a form. Throws when it had to be written at once and could not be. */
  record: (session: UsedSession, ip: string) => Promise<void>
  /** What is known but not yet written. */
  pending: (sessionId: string) => Pending | undefined
  /** Writes everything gathered so far. On failure it stays gathered. */
  flush: () => Promise<void>
}

/** What of a session matters here; an application's visitors have as much. */
export type UsedSession = {
  readonly expiresAt: number
  readonly value: {
    readonly user: { readonly id: string }
    readonly session: { readonly id: string; readonly endsAt: Date }
  }
}

export type Pending = { userId: string; lastSeenAt: Date; expiresAt: Date; ip: string }

/** Within so many milliseconds a gathered use has been written, if the database can be written. */
const SURELY_WRITTEN = 2 * ACTIVITY_WRITE_INTERVAL

export function createActivity({
  database,
  revocations,
  clock,
  cache,
  policy,
}: {
  database: Pick<Database, 'transaction' | 'lockUnlessHeld'>
  revocations: Pick<Revocations, 'subscribe'>
  clock: Clock
  cache: Pick<IdentityCache, 'extend'>
  policy: SessionPolicy
}): Activity {
  const gathered = new Map<string, Pending>()
  const lastRecorded = new WeakMap<UsedSession, { at: number; ip: string }>()

  revocations.subscribe(forgetEnded)

  async function record(session: UsedSession, ip: string) {
    const now = clock.now()
    const { user, session: used } = session.value
    const expiresAt = idleExpiry(now, used.endsAt, policy)
    const mustBeWritten =
      session.expiresAt - now.getTime() < SURELY_WRITTEN && expiresAt.getTime() > session.expiresAt
    const last = lastRecorded.get(session)
    const isNews = last?.ip !== ip || Math.abs(now.getTime() - last.at) >= ACTIVITY_RESOLUTION
    if (!isNews && !mustBeWritten) return
    lastRecorded.set(session, { at: now.getTime(), ip })
    const pending = { userId: user.id, lastSeenAt: now, expiresAt, ip }
    gathered.set(used.id, pending)
    if (mustBeWritten) await write([[used.id, pending]])
  }

  async function flush() {
    for (const batch of batchesById(gathered)) await write(batch)
  }

  async function write(batch: readonly [string, Pending][]) {
    const done = await database.transaction(async (tx) => {
      const free = await lock(tx, batch)
      const moved = []
      for (const use of free) if (await update(tx, ...use)) moved.push(use)
      return { free, moved }
    })
    for (const [sessionId, { expiresAt }] of done.moved) {
      cache.extend(sessionId, expiresAt.getTime())
    }
    // What was gathered meanwhile waits for the next batch.
    for (const [sessionId, pending] of done.free) {
      if (gathered.get(sessionId) === pending) gathered.delete(sessionId)
    }
  }

  /**
   * Those of the batch whose rows nobody else holds. First the users', as endings do it; whoever is
   * left out is ending or changing at this moment, and waits for the next batch.
   */
  async function lock(tx: Transaction, batch: readonly [string, Pending][]) {
    const userIds = [...new Set(batch.map(([, { userId }]) => userId))].sort()
    const heldUsers = await database.lockUnlessHeld(tx, 'User', userIds)
    const others = batch.filter(([, { userId }]) => !heldUsers.has(userId))
    const ids = others.map(([sessionId]) => sessionId)
    const heldSessions = await database.lockUnlessHeld(tx, 'Session', ids)
    return others.filter(([sessionId]) => !heldSessions.has(sessionId))
  }

  function forgetEnded(revocation: Revocation) {
    if (revocation.type !== 'sessions-ended') return
    for (const id of revocation.sessionIds) gathered.delete(id)
  }

  return { record, pending: (sessionId) => gathered.get(sessionId), flush }
}

/** Whether the row was there, and knew of no later use. */
async function update(tx: Transaction, id: string, pending: Pending): Promise<boolean> {
  const { userId, lastSeenAt, expiresAt, ip } = pending
  const { count } = await tx.session.updateMany({
    where: { id, lastSeenAt: { lt: lastSeenAt } },
    data: { lastSeenAt, expiresAt, ip },
  })
  if (count === 0) return false
  await tx.user.updateMany({
    where: { id: userId, lastActiveAt: { lt: lastSeenAt } },
    data: { lastActiveAt: lastSeenAt },
  })
  return true
}
