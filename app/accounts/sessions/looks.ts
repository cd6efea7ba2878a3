import type { Database, Transaction } from '~/database/types'
import { batchesById } from '../batches'
import { minutes, type Clock } from '../time'
import type { Viewer } from '../viewer'
import type { ListedSession } from './list'

/*
 * What began since a person last looked at their sessions. Each of their browsers remembers that by
 * itself: whoever signed in with a stolen password, and looked, takes no mark away from the owner's.
 * Looks are gathered in memory and written with the activity, so that reading costs no write; what
 * is lost with a server only marks something twice.
 */

/** For so long, who comes back is still at the same look: a reload takes no mark away. */
const ONE_LOOK = minutes(10)

type Look = {
  /** When it began, or when it last showed something that had begun meanwhile. */
  lookedAt: Date
  /** The same of the look before: what began later is new. */
  lookedBefore: Date
}
type Device = { id: string; look: Look | null }
type Gathered = { userId: string; look: Look }

export function createLooks({
  database,
  clock,
  list,
}: {
  database: Pick<Database, 'client' | 'transaction' | 'lockUnlessHeld'>
  clock: Clock
  list: (of: { userId: string }) => Promise<ListedSession[]>
}) {
  const gathered = new Map<string, Gathered>()

  /**
   * A person's active sessions, with a mark on what began since they last looked from this browser.
   *
   * @param isLook whether this is the person, and not a page that refreshes itself
   */
  async function listMarked(
    { user, session: current }: Viewer,
    { isLook }: { isLook: boolean },
  ): Promise<(ListedSession & { isNew: boolean })[]> {
    const [listed, device] = await Promise.all([list({ userId: user.id }), deviceOf(current.id)])
    const look = device && isLook ? lookFrom(device, user.id, listed) : device?.look
    return listed.map((session) => ({
      ...session,
      isNew: !!look && session.id !== current.id && session.createdAt > look.lookedBefore,
    }))
  }

  /** The browser that a session is in, as far as it was not forgotten. */
  async function deviceOf(sessionId: string): Promise<Device | null> {
    const [row] = await database.client.$queryRaw<Row[]>`
      SELECT "KnownDevice"."id", "lookedAt", "lookedBefore"
      FROM "Session" JOIN "KnownDevice" ON "KnownDevice"."id" = "deviceId"
      WHERE "Session"."id" = ${sessionId}`
    if (!row) return null
    const { id, lookedAt, lookedBefore } = row
    const written = lookedAt && lookedBefore ? { lookedAt, lookedBefore } : null
    // What is not written yet counts all the same.
    return { id, look: gathered.get(id)?.look ?? written }
  }

  function lookFrom({ id, look: before }: Device, userId: string, shown: readonly ListedSession[]) {
    const look = nextLook(before, shown, clock.now())
    if (look !== before) gathered.set(id, { userId, look })
    return look
  }

  /** Writes everything gathered so far. On failure it stays gathered. */
  async function flush() {
    for (const batch of batchesById(gathered)) {
      const written = await database.transaction((tx) => write(tx, batch))
      // What was gathered meanwhile waits for the next batch.
      for (const [id, one] of written) if (gathered.get(id) === one) gathered.delete(id)
    }
  }

  /** Of those people whose rows nobody else holds: whoever signs in, or ends a device, holds them. */
  async function write(tx: Transaction, batch: readonly [string, Gathered][]) {
    const userIds = [...new Set(batch.map(([, { userId }]) => userId))].sort()
    const held = await database.lockUnlessHeld(tx, 'User', userIds)
    const free = batch.filter(([, { userId }]) => !held.has(userId))
    for (const [id, { userId, look }] of free) {
      const isLater = { OR: [{ lookedAt: null }, { lookedAt: { lt: look.lookedAt } }] }
      await tx.knownDevice.updateMany({ where: { id, userId, ...isLater }, data: look })
    }
    return free
  }

  return { listMarked, flush }
}

type Row = { id: string; lookedAt: Date | null; lookedBefore: Date | null }

/** The look that this one is: the same as before, or a new one. At the first there is nothing to compare with. */
function nextLook(before: Look | null, shown: readonly ListedSession[], now: Date): Look {
  if (!before) return { lookedAt: now, lookedBefore: now }
  const { lookedAt, lookedBefore } = before
  if (now.getTime() - lookedAt.getTime() >= ONE_LOOK) {
    return { lookedAt: now, lookedBefore: lookedAt }
  }
  const showsMore = shown.some(({ createdAt }) => createdAt > lookedAt)
  return showsMore ? { lookedAt: now, lookedBefore } : before
}
