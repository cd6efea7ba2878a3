import type { Logger } from 'pino'
import { untilNotBusy } from '~/database/errors'
import type { Database } from '~/database/types'
import type { RecordAudit } from '../audit/record'
import { BATCH } from '../batches'
import { takeSuggested } from './usernames'

/**
 * Gives a username to everybody who has none yet: whose id stands in for it, as the migration left it.
 * The list goes to the log, since these are the names by which applications are going to know people.
 * Run at every start, before anybody is answered; it finds nobody after the first. In batches, the
 * oldest accounts first, so that a start that was interrupted goes on where it was.
 */
export async function giveUsernames({
  database,
  record,
  log,
}: {
  database: Database
  record: RecordAudit
  log: Logger
}): Promise<void> {
  let count = 0
  for (let batch = await withoutName(database, ''); batch.length > 0;) {
    // Another node that starts at this moment may need longer for a batch than the lock is waited for.
    const ids = batch
    const given = await untilNotBusy(() => giveTo(ids))
    for (const { email, username } of given) log.info({ email, username }, 'username given')
    count += given.length
    batch = await withoutName(database, batch.at(-1)!)
  }
  if (count > 0) {
    log.info({ count }, 'everybody has a username: applications that are added know people by it')
  }

  /** Another node that starts at this moment waits for the lock, and finds them done. */
  function giveTo(ids: string[]) {
    return database.transaction(async (tx) => {
      await database.lockUsers(tx, ids)
      const given: { email: string; username: string }[] = []
      for (const user of await tx.user.findMany({
        where: { id: { in: ids } },
        orderBy: { id: 'asc' },
        select: { id: true, name: true, email: true, username: true, emailConfirmedAt: true },
      })) {
        const { id, email } = user
        if (user.username !== id) continue
        const isEntered = user.emailConfirmedAt !== null
        const username = await takeSuggested(tx, { email, userId: id, isEntered })
        await tx.user.update({ where: { id }, data: { username } })
        const details = { username }
        await record(tx, { kind: 'user.username-given', actor: null, subject: user, details })
        given.push({ email, username })
      }
      return given
    })
  }
}

/** The next ones in the order of their ids, which is that of their accounts. */
async function withoutName({ client }: Database, after: string): Promise<string[]> {
  const rows = await client.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "User" WHERE "username" = "id" AND "id" > ${after} ORDER BY "id" LIMIT ${BATCH}`
  return rows.map(({ id }) => id)
}
