import type { Logger } from 'pino'
import type { Database, Transaction } from '~/database/database'
import type { Clock } from './clock'

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
  /** It is gone, and nothing more is known. */
  'ended',
] as const
export type EndReason = (typeof END_REASONS)[number]

export type Revocation =
  | {
      type: 'sessions-ended'
      userId: string
      sessionIds: readonly string[]
      reason: EndReason
    }
  /** Every session but one, of everybody. */
  | { type: 'all-sessions-ended'; exceptSessionId: string | null; reason: EndReason }
  /** The session goes on under a new secret; the old one opens nothing any more. */
  | { type: 'secret-replaced'; userId: string; sessionId: string }
  | { type: 'session-started'; userId: string; sessionId: string }
  /** Name, e-mail, role or state: what is remembered about the user is out of date. */
  | { type: 'user-changed'; userId: string }
  | { type: 'tokens-ended'; userId: string; tokenIds: readonly string[] }
  | { type: 'tokens-changed'; userId: string }
  /** The commit neither succeeded nor failed for certain: look again at everything. */
  | { type: 'outcome-unknown' }

/** What became of an announcement: how many sessions ended, how many tabs and nodes heard of it, and how long all of it took. */
export type Receipt = {
  sessions: number
  tabs: number
  nodes: { confirmed: number; total: number }
  milliseconds: number
}

export type Announce = (revocation: Revocation) => void

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
  clock,
  log,
}: {
  database: Database
  clock: Clock
  log: Logger
}): Revocations {
  const listeners = new Set<Listener>()

  async function commit<T>(work: (tx: Transaction, announce: Announce) => Promise<T>) {
    const announced: Revocation[] = []
    const began = clock.monotonic()
    let value: T
    try {
      value = await database.transaction((tx) =>
        work(tx, (revocation) => announced.push(revocation)),
      )
    } catch (error) {
      if (announced.length > 0) deliver({ type: 'outcome-unknown' })
      throw error
    }
    const tabs = announced.reduce((sum, revocation) => sum + deliver(revocation), 0)
    const receipt: Receipt = {
      sessions: announced.reduce((sum, revocation) => sum + sessionsIn(revocation), 0),
      tabs,
      nodes: { confirmed: 1, total: 1 },
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

function sessionsIn(revocation: Revocation): number {
  if (revocation.type !== 'sessions-ended' || revocation.reason === 'expired') return 0
  return revocation.sessionIds.length
}
