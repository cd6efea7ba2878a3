import type { Change, Changes } from '../types'
import type { Connection } from './connection'
import { deadlineIn, retryWhileBusy } from './write-lock'

/** A look at the file this old, in milliseconds, says nothing any more. */
const LOOK_LASTS_MS = 200

/**
 * Longer than any server relies on a look of its own. The command line writes without telling it, so
 * it answers only this long after its last commit: what it says has ended is refused by then.
 */
export const KNOWN_EVERYWHERE_AFTER_MS = 300

/**
 * Watches SQLite's `data_version`, which changes for a connection when another one wrote. Asked on
 * the connection that does all of this process's writing, it tells of other processes only, and not
 * what they wrote.
 */
export function watchChanges({
  writer,
  clock,
  busyLimit,
  pollInterval,
}: {
  writer: Connection
  clock: { monotonic(): number }
  busyLimit: number
  pollInterval: number
}): Changes & { stop(): void } {
  const listeners = new Set<(change: Change) => number>()
  const readVersion = writer.raw.prepare('PRAGMA data_version').pluck()

  let seen: unknown = readVersion.get()
  let lookedAt = clock.monotonic()

  /** A listener that throws leaves the version unseen, and memory unused until all have heard. */
  function look() {
    const began = clock.monotonic()
    const version = readVersion.get()
    if (version !== seen) {
      lookedAt = -Infinity
      for (const listener of listeners) listener({ type: 'unknown' })
    }
    seen = version
    lookedAt = began
  }

  async function catchUp() {
    await retryWhileBusy(deadlineIn(busyLimit), look)
  }

  // A look that fails makes nothing known, so whoever asks next meets the error.
  const poll = () => void catchUp().catch(() => {})
  const timer = pollInterval > 0 ? setInterval(poll, pollInterval).unref() : undefined

  return {
    areKnown: () => clock.monotonic() - lookedAt < LOOK_LASTS_MS,
    catchUp,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: () => clearInterval(timer),
  }
}
