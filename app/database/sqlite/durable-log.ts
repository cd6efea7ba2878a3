import { open, type FileHandle } from 'node:fs/promises'
import type { Connection } from './connection'
import { deadlineIn, type WriteTurns } from './write-lock'

/**
 * Brings what was committed to the disk. SQLite itself would do so inside COMMIT, and hold the event
 * loop for as long as the disk takes; here a thread waits, and one wait serves every commit that
 * came before it.
 *
 * So there is a moment in which a commit can be seen and could still be lost with the power. Nobody
 * is told that it is done before `flush` has resolved, and that includes whoever only found it done
 * already: theirs comes after it in the same log.
 */
export type DurableLog = {
  /** Resolves when everything that was committed before the call would survive a power cut. */
  flush(): Promise<void>
  close(): Promise<void>
}

/**
 * @param options.writer the connection that writes the log
 * @param options.sync what a test replaces to see what waits for it
 */
export function createDurableLog({
  writer: { raw },
  turns,
  busyLimit,
  sync = (file) => file.datasync(),
}: {
  writer: Connection
  turns: WriteTurns
  busyLimit: number
  sync?: (file: FileHandle) => Promise<void>
}): DurableLog {
  let file: FileHandle | undefined
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  let isTrusted = true

  /** A sync that began before a commit says nothing of it, so that one waits for the one after. */
  function flush(): Promise<void> {
    if (!running) return start()
    next ??= running.then(start, start)
    return next
  }

  function start() {
    next = undefined
    const current = bringToDisk()
    const over = () => {
      if (running === current) running = undefined
    }
    running = current
    current.then(over, over)
    return current
  }

  async function bringToDisk() {
    if (!isTrusted) return startOver()
    try {
      // The log exists from the first commit on, and SQLite keeps it while the writer is open. It
      // holds no locks on it that closing this handle could drop.
      file ??= await open(`${raw.name}-wal`, 'r+')
      await sync(file)
    } catch (error) {
      isTrusted = false
      throw error
    }
  }

  /**
   * After a sync that failed, the system may take pages for written that never were, and the next
   * sync would succeed. So everything is written once more, into the database itself: in a turn of
   * its own, since SQLite refuses that while a transaction is open on the same connection.
   */
  async function startOver() {
    const endTurn = await turns.take(deadlineIn(busyLimit)).catch(notWrittenAnew)
    try {
      const [result] = raw.pragma('wal_checkpoint(TRUNCATE)') as { busy: bigint | number }[]
      if (Number(result?.busy) !== 0) notWrittenAnew()
      isTrusted = true
    } finally {
      endTurn()
    }
  }

  /** Not DatabaseBusy, which says that nothing was changed: something may have been. */
  function notWrittenAnew(cause?: unknown): never {
    throw new Error('The log could not be written anew', { cause })
  }

  return {
    flush,
    async close() {
      await (next ?? running)?.catch(() => undefined)
      await file?.close()
    },
  }
}
