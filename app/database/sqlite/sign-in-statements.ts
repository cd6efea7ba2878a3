import type { Credentials, SignInStatements, Transaction } from '../database'
import type { Connection } from './connection'
import { stored } from './insert-many'
import type { OpenTransactions } from './open-transactions'
import { readInTurn } from './read-turn'
import type { WriteTurns } from './write-turn'

const USER = `
  SELECT "User"."id", "name", "disabledAt" IS NOT NULL AS "disabled", "hash"
  FROM "User" LEFT JOIN "Password" ON "userId" = "User"."id"`

// Left to itself, SQLite takes the index of kinds, and reads what everybody did in three months.
const ADDRESSES = `
  SELECT "ip" FROM "AuditEvent" INDEXED BY "AuditEvent_subjectId_at_id_idx"
  WHERE "subjectId" = @userId AND "kind" = @kind AND "at" > @since
  ORDER BY "at" DESC LIMIT @limit`

const SESSIONS_BEYOND = `
  SELECT "id" FROM "Session"
  WHERE "userId" = @userId AND "expiresAt" > @now
  ORDER BY "lastSeenAt" DESC, "id" DESC LIMIT -1 OFFSET @kept`

const NOTE_ACTIVE = `UPDATE "User" SET "lastActiveAt" = @at WHERE "id" = @userId`

type UserRow = Omit<Credentials, 'disabled'> & { disabled: number | bigint }

/** The statements of a sign-in, each of them prepared once. */
export function createSignInStatements({
  reader,
  writer,
  transactions,
  ...when
}: WriteTurns & {
  reader: Connection
  writer: Connection
  transactions: OpenTransactions
}): SignInStatements {
  const byEmail = reader.raw.prepare<[string], UserRow>(`${USER} WHERE "email" = ?`)
  const byId = writer.raw.prepare<[string], UserRow>(`${USER} WHERE "User"."id" = ?`)
  const addresses = reader.raw.prepare<Named, string | null>(ADDRESSES).pluck()
  const beyond = writer.raw.prepare<Named, string>(SESSIONS_BEYOND).pluck()
  const noteActive = writer.raw.prepare<Named>(NOTE_ACTIVE)

  const inside = <T>(tx: Transaction, statement: () => T) => transactions.behind(tx).run(statement)

  return {
    findByEmail: async (email) => credentials(await readInTurn(when, () => byEmail.get(email))),
    findById: async (tx, userId) => credentials(await inside(tx, () => byId.get(userId))),
    addressesOf: (userId, { since, ...which }) =>
      readInTurn(when, () => addresses.all({ userId, since: stored(since), ...which })),
    sessionsBeyond: (tx, userId, { now, kept }) =>
      inside(tx, () => beyond.all({ userId, now: stored(now), kept })),
    async noteActive(tx, userId, at) {
      await inside(tx, () => noteActive.run({ userId, at: stored(at) }))
    },
  }
}

type Named = Record<string, string | number>

const credentials = (row: UserRow | undefined): Credentials | null =>
  row ? { ...row, disabled: Boolean(row.disabled) } : null
