import { LRUCache } from 'lru-cache'
import type { Clock } from '../time'
import type { Revocation, Revocations } from '../revocations'

/**
 * The one memory of who is behind a secret: a session's cookie, an API token or an application's
 * cookie, by its hash; and of the applications themselves. Holds only what exists; whatever ends or
 * changes is forgotten before the ending is answered.
 *
 * Two dangers decide its shape. A read may see its row before an ending and come back after it: so
 * every ending raises the epoch, and what was read in an older epoch is not kept. And this process may
 * not have heard of what others ended: so memory is used only while what they wrote is known, and to
 * join a read that another request began is such a use.
 */
export type IdentityCache = {
  /** From memory alone; undefined when memory cannot tell. */
  recall<T>(key: string): Identity<T> | undefined
  /** From memory, else by `read`, of which one serves all who ask meanwhile. Null: there is none. */
  lookUp<T>(key: string, read: () => Promise<Identity<T> | null>): Promise<Identity<T> | null>
  /** Moves the sliding limit of a session, and of whatever is remembered that expires with it. */
  extend(sessionId: string, expiresAt: number): void
  readonly size: number
}

export type Identity<T> = {
  /** The ids of all that it was made of: when one of them ends or changes, this is forgotten. */
  readonly dependsOn: readonly string[]
  readonly value: T
  /** Milliseconds since 1970; Infinity for what does not expire. */
  expiresAt: number
}

/** Whether what others wrote is known in this process, and how to find out; see Changes. */
export type KnownChanges = {
  areKnown(): boolean
  catchUp(): Promise<void>
}

type Read = { isCurrent(): boolean; answer: Promise<Identity<unknown> | null> }

export function createIdentityCache({
  revocations,
  changes,
  clock,
  max,
  guardReads = true,
}: {
  revocations: Pick<Revocations, 'subscribe'>
  changes: KnownChanges
  clock: Pick<Clock, 'time'>
  /** How many are remembered; about 1 kB each. */
  max: number
  /** Only a test that wants to see the checker object turns this off. */
  guardReads?: boolean
}): IdentityCache {
  /** By what they depend on. */
  const keysOf = new Map<string, Set<string>>()
  const entries = new LRUCache<string, Identity<unknown>>({
    max,
    dispose: (entry, key) => unindex(entry, key),
  })
  const reads = new Map<string, Read>()
  let epoch = 0

  revocations.subscribe(onRevocation)

  function onRevocation(revocation: Revocation) {
    switch (revocation.type) {
      case 'sessions-ended':
        return forget(revocation.sessionIds)
      case 'tokens-ended':
        return forget(revocation.tokenIds)
      case 'secret-replaced':
        return forget([revocation.sessionId])
      case 'user-changed':
        return forget([revocation.userId])
      case 'application-sign-ins-ended':
        return forget(revocation.applicationSessionIds)
      case 'application-changed':
        return forget([revocation.applicationId])
      case 'group-changed':
        return forget([revocation.groupId])
      case 'all-sessions-ended':
      case 'unknown':
        return forgetEverything()
      case 'session-started':
      case 'access-granted':
        return
    }
  }

  function forget(ids: readonly string[]) {
    epoch += 1
    for (const id of ids) for (const key of [...(keysOf.get(id) ?? [])]) entries.delete(key)
  }

  function forgetEverything() {
    epoch += 1
    entries.clear()
  }

  function remembered(key: string): Identity<unknown> | undefined {
    if (!changes.areKnown()) return undefined
    const entry = entries.get(key)
    return entry && entry.expiresAt > clock.time() ? entry : undefined
  }

  async function lookUp(key: string, read: () => Promise<Identity<unknown> | null>) {
    const entry = remembered(key)
    if (entry) return entry
    if (!changes.areKnown()) {
      await changes.catchUp()
      const known = remembered(key)
      if (known) return known
    }
    const underWay = reads.get(key)
    if (underWay?.isCurrent() && changes.areKnown()) return underWay.answer
    return begin(key, read).answer
  }

  function begin(key: string, read: () => Promise<Identity<unknown> | null>): Read {
    const epochBefore = epoch
    const isCurrent = () => !guardReads || epoch === epochBefore
    const started = { isCurrent, answer: readAndKeep(key, read, isCurrent) }
    reads.set(key, started)
    const over = () => reads.get(key) === started && reads.delete(key)
    started.answer.then(over, over)
    return started
  }

  async function readAndKeep(
    key: string,
    read: () => Promise<Identity<unknown> | null>,
    isCurrent: () => boolean,
  ) {
    const entry = await read()
    if (!entry || entry.expiresAt <= clock.time()) return null
    if (isCurrent()) keep(key, entry)
    return entry
  }

  function keep(key: string, entry: Identity<unknown>) {
    entries.set(key, entry)
    for (const one of entry.dependsOn) {
      const keys = keysOf.get(one)
      if (keys) keys.add(key)
      else keysOf.set(one, new Set([key]))
    }
  }

  function unindex({ dependsOn }: Identity<unknown>, key: string) {
    for (const id of dependsOn) {
      const keys = keysOf.get(id)
      keys?.delete(key)
      if (keys?.size === 0) keysOf.delete(id)
    }
  }

  // A key is the hash of a secret of one kind, and only that kind's read fills it.
  return {
    recall: remembered as IdentityCache['recall'],
    lookUp: lookUp as IdentityCache['lookUp'],
    extend(sessionId, expiresAt) {
      for (const key of keysOf.get(sessionId) ?? []) entries.peek(key)!.expiresAt = expiresAt
    },
    get size() {
      return entries.size
    },
  }
}
