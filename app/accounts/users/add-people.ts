import type { Database, Role, Transaction } from '~/database/types'
import { newId } from '../row-id'
import { createSecret, hashSecret } from '../secret-token'
import { idleExpiry, limitsAt, type SessionPolicy } from '../sessions/policy'
import { createFormKey } from '../row-secret'
import { nameKeyOf } from '../name-key'
import { NEVER } from './add-user'
import { takeSuggestedForMany } from './usernames'
import type { Passwords } from '../sign-in/passwords'

/** Somebody invented, with the sessions that they would have had. */
export type InventedPerson = {
  name: string
  email: string
  role: Role
  createdAt: Date
  disabledAt: Date | null
  sessions: InventedSession[]
}
export type InventedSession = {
  createdAt: Date
  lastSeenAt: Date
  kept: boolean
  ip: string
  userAgent: string
}

export type AddedCounts = { users: number; sessions: number }

/**
 * Adds many invented people at once, to try Latchkey out and to measure it. They share one password,
 * hashed once, and nobody holds the secrets of their sessions. Their addresses count as entered by an
 * administrator. Nothing of it is audited.
 */
export function createAddPeople({
  database,
  passwords,
  policy,
}: {
  database: Database
  passwords: Passwords
  policy: SessionPolicy
}) {
  /** Returns the way to add people who have this password. */
  return async function addPeople(password: string) {
    const hash = await passwords.hash(password)
    /** Adds them in one transaction, leaving out those whose e-mail address is taken. */
    return (people: readonly InventedPerson[]): Promise<AddedCounts> =>
      database.transaction(async (tx) => {
        const free = (await withoutTaken(tx, people)).map((one) => ({ ...one, id: newId() }))
        const usernames = await takeSuggestedForMany(tx, free)
        const added = free.map((one) => ({ ...one, username: usernames.get(one.id)! }))
        const hashes = added.map(({ id, createdAt }) => ({
          userId: id,
          hash,
          changedAt: createdAt,
        }))
        await tx.user.createMany({ data: added.map(userRow) })
        await tx.password.createMany({ data: hashes })
        const sessions = added.flatMap(({ id, sessions }) =>
          sessions.map((session) => sessionRow(id, session, policy)),
        )
        await tx.session.createMany({ data: sessions })
        return { users: added.length, sessions: sessions.length }
      })
  }
}

async function withoutTaken(tx: Transaction, people: readonly InventedPerson[]) {
  const rows = await tx.user.findMany({
    where: { email: { in: people.map(({ email }) => email) } },
    select: { email: true },
  })
  const taken = new Set(rows.map(({ email }) => email))
  return people.filter(({ email }) => !taken.has(email))
}

function userRow({ sessions, ...person }: InventedPerson & { id: string; username: string }) {
  const lastActiveAt = sessions.reduce(
    (latest, { lastSeenAt }) => (lastSeenAt > latest ? lastSeenAt : latest),
    NEVER,
  )
  const updatedAt = person.disabledAt ?? person.createdAt
  const emailConfirmedAt = person.createdAt
  const nameKey = nameKeyOf(person.name)
  return { ...person, nameKey, emailConfirmedAt, updatedAt, lastActiveAt }
}

function sessionRow(userId: string, session: InventedSession, policy: SessionPolicy) {
  const { kept, ...row } = session
  const { endsAt } = limitsAt(row.createdAt, { kept }, policy)
  const expiresAt = idleExpiry(row.lastSeenAt, endsAt, policy)
  // The hash of a secret that nobody has.
  const tokenHash = hashSecret(createSecret())
  const keys = { tokenHash, formKey: createFormKey(), authenticatedAt: row.createdAt }
  return { ...row, ...keys, id: newId(), userId, endsAt, expiresAt }
}
