import { type Sql, sqltag as sql } from '@prisma/client/runtime/client'
import type { Database } from '~/database/types'
import { createSecret, hashSecret, looksLikeSecret, secretKey } from '~/accounts/secret-token'
import { looksLikeApplicationToken } from '~/accounts/api-tokens/token-text'
import type { Identity, IdentityCache } from '~/accounts/sessions/identity-cache'
import { mayUse } from './access'
import type { Found } from './known'

/** Who comes to an application, by its cookie or by a token that is for it. It is replaced, never changed. */
export type Visitor = {
  readonly applicationId: string
  readonly user: {
    readonly id: string
    readonly username: string
    readonly name: string
    /** Empty unless an administrator entered it: applications may know people by it. */
    readonly email: string
    /** Names, in their order. */
    readonly groups: readonly string[]
  }
  /** Whether this person may use the application. Remembered too, for it is asked as often. */
  readonly mayUse: boolean
  /** By a cookie. */
  readonly session?: {
    readonly id: string
    readonly endsAt: Date
    /** Of the sign-in at this application. */
    readonly applicationSessionId: string
  }
  /** By a token. */
  readonly tokenId?: string
}

/** With the moment at which the session or the token expires. */
export type VerifiedVisitor = Readonly<Identity<Visitor>>

const COOKIE_PREFIX = 'lkc_'

/** A new secret for an application's cookie. */
export const createCookieSecret = (): string => COOKIE_PREFIX + createSecret()

const looksLikeCookieSecret = (text: unknown): text is string =>
  typeof text === 'string' &&
  text.startsWith(COOKIE_PREFIX) &&
  looksLikeSecret(text.slice(COOKIE_PREFIX.length))

/**
 * The one answer to "who comes to this application?", remembered like sessions: whatever ends or
 * changes the session, the sign-in, the person, their groups or the application is forgotten with it.
 */
export function createVisitors({
  database,
  cache,
}: {
  database: Pick<Database, 'client'>
  cache: IdentityCache
}) {
  const { client } = database

  function find(
    secret: string,
    read: (hash: Uint8Array<ArrayBuffer>) => Promise<Identity<Visitor> | null>,
  ): Found<VerifiedVisitor> {
    const key = secretKey(secret)
    return cache.recall<Visitor>(key) ?? cache.lookUp(key, () => read(hashSecret(secret)))
  }

  /**
   * One query, so that everything is seen as it was at one moment. A row for each group. None for a session
   * that has shown no second factor, where the application asks for one.
   */
  async function readCookie(hash: Uint8Array): Promise<Identity<Visitor> | null> {
    const rows = await client.$queryRaw<CookieRow[]>`
      SELECT "ApplicationSession"."id" AS "applicationSessionId", "applicationId", "sessionId",
        "expiresAt", "endsAt", ${PERSON}
      FROM "ApplicationCookie"
        JOIN "ApplicationSession" ON "ApplicationSession"."id" = "applicationSessionId"
        JOIN "Session" ON "Session"."id" = "sessionId"
        JOIN "User" ON "User"."id" = "Session"."userId"
        JOIN "Application" ON "Application"."id" = "applicationId"
        ${GROUPS}
      WHERE "ApplicationCookie"."tokenHash" = ${hash} AND "disabledAt" IS NULL
        AND ("Session"."secondFactor" IS NOT NULL OR NOT "Application"."secondFactor")
      ORDER BY "group"`
    const [row] = rows
    if (!row) return null
    const { applicationSessionId, sessionId, endsAt } = row
    return {
      ...toIdentity(rows, row, [applicationSessionId, sessionId], {
        session: { id: sessionId, endsAt, applicationSessionId },
      }),
      expiresAt: row.expiresAt.getTime(),
    }
  }

  /** The same. None for what was made by a session that had shown no factor, where one is asked for. */
  async function readToken(hash: Uint8Array): Promise<Identity<Visitor> | null> {
    const rows = await client.$queryRaw<TokenRow[]>`
      SELECT "ApiToken"."id" AS "tokenId", "applicationId", "expiresAt", ${PERSON}
      FROM "ApiToken"
        JOIN "User" ON "User"."id" = "ApiToken"."userId"
        JOIN "Application" ON "Application"."id" = "applicationId"
        ${GROUPS}
      WHERE "tokenHash" = ${hash} AND "disabledAt" IS NULL
        AND ("madeWithFactor" OR NOT "Application"."secondFactor")
      ORDER BY "group"`
    const [row] = rows
    if (!row) return null
    return {
      ...toIdentity(rows, row, [row.tokenId], { tokenId: row.tokenId }),
      expiresAt: row.expiresAt?.getTime() ?? Infinity,
    }
  }

  return {
    /** Who an application's cookie is of; null when it opens nothing. */
    byCookie: (secret: unknown): Found<VerifiedVisitor> =>
      looksLikeCookieSecret(secret) ? find(secret, readCookie) : null,
    /** The same of a token that is for an application. */
    byToken: (text: string): Found<VerifiedVisitor> =>
      looksLikeApplicationToken(text) ? find(text, readToken) : null,
  }
}

export type Visitors = ReturnType<typeof createVisitors>

const PERSON: Sql = sql`"User"."id" AS "userId", "username", "User"."name" AS "name", "email",
  "emailConfirmedAt", "Group"."id" AS "groupId", "Group"."name" AS "group",
  ${mayUse(sql`"User"."id"`)} AS "mayUse"`

const GROUPS: Sql = sql`LEFT JOIN "GroupMember" ON "GroupMember"."userId" = "User"."id"
  LEFT JOIN "Group" ON "Group"."id" = "GroupMember"."groupId"`

type PersonRow = {
  applicationId: string
  userId: string
  username: string
  name: string
  email: string
  emailConfirmedAt: Date | null
  groupId: string | null
  group: string | null
  /** SQLite knows no truth, only numbers. */
  mayUse: boolean | bigint
}
type CookieRow = PersonRow & {
  applicationSessionId: string
  sessionId: string
  expiresAt: Date
  endsAt: Date
}
type TokenRow = PersonRow & { tokenId: string; expiresAt: Date | null }

function toIdentity(
  rows: readonly PersonRow[],
  { applicationId, userId, username, name, ...row }: PersonRow,
  ids: readonly string[],
  by: Pick<Visitor, 'session' | 'tokenId'>,
) {
  const groupIds = rows.flatMap(({ groupId }) => groupId ?? [])
  const groups = rows.flatMap(({ group }) => group ?? [])
  const email = row.emailConfirmedAt ? row.email : ''
  const user = Object.freeze({ id: userId, username, name, email, groups })
  return {
    dependsOn: [...ids, userId, applicationId, ...groupIds],
    value: Object.freeze({ applicationId, user, mayUse: Boolean(row.mayUse), ...by }),
  }
}
