import { DatabaseUnusable } from '../errors'
import { BetterSqlite3 } from './driver'
import { isBusy } from './errors'
import { createOwnFile, type Location } from './location'

/**
 * Makes this process the one server of the database, until the returned function is called or the
 * process ends in whatever way: the lock is the operating system's. Two servers on one file would
 * each keep sessions in memory that the other has ended.
 */
export function takeOwnership({ path, ownerPath }: Location): () => void {
  createOwnFile(ownerPath)
  const side = new BetterSqlite3(ownerPath, { timeout: 0, fileMustExist: true })
  try {
    side.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    side.close()
    if (!isBusy(error)) throw error
    throw new DatabaseUnusable(
      `Another Latchkey server is using ${path}. Stop it, or give this one its own DATABASE_URL.`,
    )
  }
  return () => side.close()
}
