import type { Logger } from 'pino'
import { isOutcomeUnknown } from '~/database/errors'
import type { Change, Changes, Database, Transaction } from '~/database/types'
import type { Clock } from './time'

/**
 * What "these sessions ended" means. Whatever ends or changes access runs inside `commit`, says
 * what it did through `announce`, and everybody who must know (the session cache, open sockets) is
 * told after the commit and before the caller gets its answer. So no caller can end a session and
 * forget to say so, and nothing is said about what was rolled back.
 */

/** Why a session ended. Shown to the person, so it says nothing that they may not know. */
export const END_REASONS = [
  'signed-out',
  'signed-out-elsewhere',
  'signed-out-by-administrator',
  'password-changed',
  'replaced',
  'too-many-sessions',
  'expired',
  'account-disabled',
  'account-deleted',
  /** Only an application was left; the session goes on. */
  'signed-out-of-application',
  'access-taken',
  /** A sign-in was not its person's, or an address was taken back: everything was ended. */
  'account-secured',
  /** Only applications were left, by a session that showed a factor and goes on. */
  'factor-shown',
  /** It is gone, and nothing more is known. */
  'ended',
] as const
export type EndReason = (typeof END_REASONS)[number]

/** What was done to what lets people in. */
export type Revocation = Change<EndReason>

/**
 * What a transaction has to say. `already-gone` is no change: whoever should end was gone before. It is
 * answered like an ending all the same, only when every node is known to have heard of that one: the
 * node that ended them may have died before it could say so.
 */
export type Announcement = Revocation | { type: 'already-gone' }

/** Makes an ending final on every node; see nodes/. Sent as the last thing of the transaction. */
export type SendBarrier = (tx: Transaction) => Promise<Barrier>
export type Barrier = {
  /** Asked once, after the commit: resolves when the ending is final everywhere. */
  confirmed(): Promise<Confirmation>
  /** The transaction was not committed. */
  forget(): void
}
/** How many nodes confirmed, of how many, and how many open tabs those told. */
export type Confirmation = { confirmed: number; total: number; tabs: number }

/** What became of an announcement: how many sessions ended, how many tabs and nodes heard of it, and how long all of it took. */
export type Receipt = {
  sessions: number
  tabs: number
  nodes: { confirmed: number; total: number }
  milliseconds: number
}

export type Announce = (announcement: Announcement) => void

/** Acts on a revocation at once, synchronously, and says how many open tabs it told. */
export type Listener = (revocation: Revocation) => { tabs: number } | void

export type Revocations = {
  /**
   * Runs `work` in one write transaction. What it announced is delivered after the commit. When
   * that fails, everybody looks again at everything: it is safe whether or not it was recorded.
   */
  commit<T>(
    work: (tx: Transaction, announce: Announce) => Promise<T>,
  ): Promise<{ value: T; receipt: Receipt }>
  /** Listeners run in the order of subscription. Returns the way to unsubscribe. */
  subscribe(listener: Listener): () => void
}

export function createRevocations({
  database,
  changes,
  sendBarrier,
  takeBack = () => Promise.resolve(),
  clock,
  log,
}: {
  database: Pick<Database, 'transaction'>
  changes: Pick<Changes, 'subscribe'>
  sendBarrier: SendBarrier
  /** Undoes what was granted to somebody who will not be told. */
  takeBack?: (announced: readonly Announcement[]) => Promise<void>
  clock: Clock
  log: Logger
}): Revocations {
  const listeners = new Set<Listener>()

  // What others wrote is told to the same listeners.
  changes.subscribe((change) => deliver(asRevocation(change)))

  async function commit<T>(work: (tx: Transaction, announce: Announce) => Promise<T>) {
    const began = clock.monotonic()
    let announced: Announcement[] = []
    let barrier: Barrier | undefined
    let value: T
    try {
      value = await database.transaction(async (tx) => {
        barrier?.forget()
        barrier = undefined
        announced = []
        const result = await work(tx, (announcement) => announced.push(announcement))
        if (announced.some(mustBeFinal)) barrier = await sendBarrier(tx)
        return result
      })
    } catch (error) {
      barrier?.forget()
      if (announced.length > 0) deliver({ type: 'unknown' })
      if (isOutcomeUnknown(error)) void takeBack(announced)
      throw error
    }
    const revocations = announced.filter((one) => one.type !== 'already-gone')
    const tabs = revocations.reduce((sum, revocation) => sum + deliver(revocation), 0)
    const nodes = (await barrier?.confirmed()) ?? { confirmed: 0, total: 0, tabs: 0 }
    const receipt: Receipt = {
      sessions: revocations.reduce((sum, revocation) => sum + sessionsIn(revocation), 0),
      tabs: tabs + nodes.tabs,
      nodes: { confirmed: nodes.confirmed, total: nodes.total },
      milliseconds: Math.round(clock.monotonic() - began),
    }
    return { value, receipt }
  }

  function deliver(revocation: Revocation): number {
    let tabs = 0
    for (const listener of listeners) {
      try {
        tabs += listener(revocation)?.tabs ?? 0
      } catch (error) {
        // One deaf listener must not keep the others from hearing of an ending.
        log.error({ err: error, revocation: revocation.type }, 'a revocation listener failed')
      }
    }
    return tabs
  }

  return {
    commit,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** What only adds to what lets people in waits for no other node. */
const mustBeFinal = ({ type }: Announcement): boolean =>
  type !== 'session-started' && type !== 'access-granted'

/** The reason travels as text, and whoever types a DELETE by hand gives none. */
function asRevocation(change: Change): Revocation {
  if (!('reason' in change)) return change
  return { ...change, reason: END_REASONS.find((known) => known === change.reason) ?? 'ended' }
}

function sessionsIn(revocation: Revocation): number {
  if (revocation.type !== 'sessions-ended' || revocation.reason === 'expired') return 0
  return revocation.sessionIds.length
}
