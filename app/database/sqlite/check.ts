import type BetterSqlite3 from 'better-sqlite3'
import { statSync } from 'node:fs'
import { DatabaseUnusable } from '../errors'
import { connectWriter } from './connection'
import { damaged, isBusy } from './errors'
import { retryWhileBusy, type Deadline } from './write-lock'

/** Up to this size the whole file is checked at the start, within a tenth of a second or so. */
const CHECKED_BYTES = 32 * 1024 * 1024

/** Throws when the file is damaged or cannot be written, before anything relies on it. */
export async function checkFile(path: string, deadline: Deadline): Promise<void> {
  const { raw } = await retryWhileBusy(deadline, () => connectWriter(path))
  try {
    await retryWhileBusy(deadline, () => refuseDamaged(raw))
    refuseReadOnly(raw)
  } finally {
    raw.close()
  }
}

function refuseDamaged(raw: BetterSqlite3.Database) {
  if (statSync(raw.name).size > CHECKED_BYTES) return
  if (raw.pragma('quick_check(1)', { simple: true }) === 'ok') return
  throw new DatabaseUnusable(damaged(raw.name))
}

/** Tries a write and takes it back: to begin one is not refused by SQLite. */
function refuseReadOnly(raw: BetterSqlite3.Database) {
  try {
    raw.exec('BEGIN IMMEDIATE')
    raw.pragma('user_version = 1')
  } catch (error) {
    if (!isBusy(error)) throw error
  } finally {
    if (raw.inTransaction) raw.exec('ROLLBACK')
  }
}
