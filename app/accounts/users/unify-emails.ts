import type { Logger } from 'pino'
import type { Database } from '~/database/types'
import type { RecordAudit } from '../audit/record'
import { unlessEmailTaken } from './add-user'
import { emailSchema } from './schemas'

type Row = { id: string; email: string }

/**
 * Brings e-mail addresses that were stored with an international host as it was typed to the one
 * form that they have now: what a person signs in with would not find them any more. In code, since
 * SQL knows no IDNA. Run at every start, before anybody is answered; it finds nothing after the first.
 */
export async function unifyEmails({
  database,
  record,
  log,
}: {
  database: Database
  record: RecordAudit
  log: Logger
}) {
  for (const row of await withOtherThanAscii(database)) {
    const canonical = emailSchema.safeParse(row.email)
    if (!canonical.success || canonical.data === row.email) continue
    const { ok } = await unlessEmailTaken(() => changeEmail(row, canonical.data))
    if (ok) continue
    // Two accounts for one mailbox already: which of them is to keep it, only people can say.
    log.warn(
      { userId: row.id, email: row.email, taken: canonical.data },
      'two accounts have this e-mail address: give one of them another, or delete it',
    )
  }

  function changeEmail({ id, email: from }: Row, to: string): Promise<{ ok: true }> {
    return database.transaction(async (tx) => {
      await database.lockUsers(tx, [id])
      const where = { id, email: from }
      const user = await tx.user.findUnique({ where, select: { id: true, name: true } })
      // Another node that starts at this moment has done it.
      if (!user) return { ok: true as const }
      await tx.user.update({ where, data: { email: to } })
      const details = { from, to }
      await record(tx, { kind: 'user.email-changed', actor: null, subject: user, details })
      return { ok: true as const }
    })
  }
}

/** Both databases count bytes and characters alike. */
const withOtherThanAscii = ({ client }: Database): Promise<Row[]> =>
  client.$queryRaw<Row[]>`
    SELECT "id", "email" FROM "User" WHERE octet_length("email") <> length("email")`
