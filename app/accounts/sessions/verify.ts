import type { Database, Role, SecondFactor } from '~/database/types'
import { secretKey } from '../secret-token'
import type { Viewer } from '../viewer'
import type { Identity, IdentityCache } from './identity-cache'
import { isRowOf, looksLikeRowSecret, rowIdOf } from '../row-secret'

/** A viewer, with the moment at which the session expires unless it is used before. */
export type VerifiedSession = Readonly<Identity<Viewer>>

/** The one answer to "whose session is this?", for pages, the session check and sockets alike. */
export type Verify = {
  /** The viewer, or null when there is no such session, it has ended, or its user is disabled. */
  verify: (secret: unknown) => Promise<Viewer | null>
  /** The same, with the moment at which the session expires. */
  verifySession: (secret: unknown) => Promise<VerifiedSession | null>
  /** From memory alone: undefined when memory cannot tell. */
  verifyFromMemory: (secret: unknown) => Viewer | undefined
}

export function createVerify({
  database,
  cache,
}: {
  database: Pick<Database, 'client'>
  cache: IdentityCache
}): Verify {
  async function verifySession(secret: unknown): Promise<VerifiedSession | null> {
    if (!looksLikeRowSecret(secret)) return null
    const key = secretKey(secret)
    return cache.lookUp(key, () => read(secret, key))
  }

  /** One query, so that session and user are seen as they were at one moment. */
  async function read(secret: string, key: string): Promise<Identity<Viewer> | null> {
    const [row] = await database.client.$queryRaw<Row[]>`
      SELECT "Session"."id", "tokenHash", "formKey", "Session"."createdAt", "expiresAt", "endsAt",
        "authenticatedAt", "secondFactor", "userId", "username", "name", "email", "role"
      FROM "Session" JOIN "User" ON "User"."id" = "userId"
      WHERE "Session"."id" = ${rowIdOf(secret)} AND "disabledAt" IS NULL`
    return row && isRowOf(key, row) ? toIdentity(row, key) : null
  }

  return {
    verifySession,
    verify: async (secret) => (await verifySession(secret))?.value ?? null,
    // The cache remembers API tokens as well, by their texts.
    verifyFromMemory: (secret) =>
      looksLikeRowSecret(secret) ? cache.recall<Viewer>(secretKey(secret))?.value : undefined,
  }
}

type Row = {
  id: string
  tokenHash: Uint8Array
  formKey: Uint8Array
  createdAt: Date
  expiresAt: Date
  endsAt: Date
  authenticatedAt: Date
  secondFactor: SecondFactor | null
  userId: string
  username: string
  name: string
  email: string
  role: Role
}

function toIdentity(row: Row, secretKey: string): Identity<Viewer> {
  const { id, userId, username, name, email, role } = row
  const { createdAt, endsAt, authenticatedAt, secondFactor } = row
  const formKey = Buffer.from(row.formKey).toString('base64url')
  return {
    dependsOn: [id, userId],
    value: Object.freeze({
      user: Object.freeze({ id: userId, username, name, email, role }),
      session: Object.freeze({
        ...{ id, createdAt, endsAt, authenticatedAt, secondFactor, formKey, secretKey },
      }),
    }),
    expiresAt: row.expiresAt.getTime(),
  }
}
