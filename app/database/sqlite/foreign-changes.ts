import type { Clock } from '~/accounts/clock'
import type { ForeignChanges } from '../database'
import type { Connection } from './connection'
import { deadlineIn, retryWhileBusy } from './write-lock'

/** The command line answers only after longer than this, so that no cache can outlive its answer. */
const FRESH_FOR_MS = 200

/**
 * Watches SQLite's `data_version`, which changes for a connection when another one wrote. Asked on
 * the connection that does all of this process's writing, it tells of other processes only.
 */
export function watchForeignChanges({
  writer,
  clock,
  busyLimit,
  pollInterval,
}: {
  writer: Connection
  clock: Pick<Clock, 'monotonic'>
  busyLimit: number
  pollInterval: number
}): ForeignChanges & { stop(): void } {
  const listeners = new Set<() => void>()
  const readVersion = writer.raw.prepare('PRAGMA data_version').pluck()

  let seen: unknown = readVersion.get()
  let lookedAt = clock.monotonic()

  function look() {
    const began = clock.monotonic()
    const version = readVersion.get()
    if (version !== seen) tellListeners(version)
    lookedAt = began
  }

  function tellListeners(version: unknown) {
    seen = version
    try {
      for (const listener of listeners) listener()
    } catch (error) {
      // Nothing may be believed until the listeners have heard of it.
      seen = undefined
      lookedAt = -Infinity
      throw error
    }
  }

  async function refresh() {
    await retryWhileBusy(deadlineIn(busyLimit), look)
  }

  // A look that fails leaves nothing fresh, so whoever asks next meets the error.
  const poll = () => void refresh().catch(() => {})
  const timer = pollInterval > 0 ? setInterval(poll, pollInterval).unref() : undefined

  return {
    isFresh: () => clock.monotonic() - lookedAt < FRESH_FOR_MS,
    refresh,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: () => clearInterval(timer),
  }
}
